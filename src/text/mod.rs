//! GSM-7 text: septets, segments, folding.
