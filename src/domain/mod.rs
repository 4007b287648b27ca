//! Values that are right once they exist.
