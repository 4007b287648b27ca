//! Journeys through the public surface, on both databases: one binary, so that it
//! links once.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it is"
)]

mod abuse;
mod accessibility;
mod aggregators;
mod answers;
mod api;
mod api_document;
mod architecture;
mod audit;
mod backup;
mod browser;
mod by_keyboard;
mod callbacks;
mod campaigns;
mod centre_claims;
mod centre_pages;
mod centres;
mod check_letter;
mod command_line;
mod console;
mod crash;
mod database_away;
mod delivery;
mod dial;
mod docs;
mod even_work;
mod files;
mod forgot;
mod hang_ups;
mod harness;
mod hops;
mod imports;
mod journeys;
mod keywords;
mod letter_codes;
mod letter_files;
mod letters;
mod limits_of_the_machine;
mod load;
mod lost_sms;
mod many;
mod menu_data;
mod menu_versions;
mod menus;
mod metrics;
mod outbox;
mod own_pages;
mod own_record;
mod parsers;
mod pooler;
mod privacy;
mod requests;
mod resend;
mod restore;
mod resume;
mod schema;
mod screen_limits;
mod seen;
mod sim_swap;
mod site;
mod slow_clients;
mod smpp;
mod staff;
mod standing;
mod traces;
mod traffic;
mod transcripts;
mod webhooks;
