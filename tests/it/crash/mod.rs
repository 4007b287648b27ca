//! The power goes, again and again, while people reset their passwords. What a phone saw
//! confirmed arrives, and never with two passwords; nobody has to mend anything.

mod oracle;
mod random;
mod steps;
mod town;

use std::sync::Arc;

use cp2::demo::sandbox::Behaviour;
use cp2::domain::{Clock, SystemClock};
use tokio::task::{JoinSet, block_in_place};

use self::oracle::{
    each_reset_has_one_password_and_its_sms, nothing_private_is_left_behind,
    texts_came_twice_only_where_an_answer_was_lost, the_newest_password_is_the_one_that_works,
};
use self::town::{Progress, Town, line, sent_to, soon};
use crate::harness::{Database, with_each_database};

with_each_database!(a_service_that_is_killed_again_and_again_keeps_its_word);

const PEOPLE: usize = 8;

/// How many resets each person wants at once; the next may have to wait for the SMS of the
/// one before, so who has two more has nothing left from before.
const SOME: usize = 2;

/// When the power goes.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So many more SMS have been accepted.
    Sms(usize),
    /// So many more phones are told that their password is on its way.
    Confirmed(usize),
    /// So many more phones have pressed the last key and wait.
    Pressed(usize),
    /// An SMS has been accepted, and the service waits for the answer.
    Held { reported: bool },
    /// The service has just come back.
    Ready,
}

const KILLS: [Moment; 7] = [
    Moment::Sms(4),
    Moment::Held { reported: true },
    Moment::Pressed(3),
    Moment::Ready,
    Moment::Confirmed(5),
    Moment::Held { reported: false },
    Moment::Sms(7),
];

async fn a_service_that_is_killed_again_and_again_keeps_its_word(database: Database) {
    let town = Town::build(&database, PEOPLE).await;
    let mut phones = JoinSet::new();
    for index in 0..PEOPLE {
        phones.spawn(Arc::clone(&town).resets_when_wanted(index));
    }

    let (mut said, mut kills) = (String::new(), Vec::new());
    let mut service = town.start();
    for moment in KILLS {
        if !matches!(moment, Moment::Ready) {
            all_have_more(&town).await;
            comes(&town, moment).await;
        }
        block_in_place(|| service.kill());
        kills.push(SystemClock.now());
        said += &service.said();
        service = town.start();
    }
    all_have_more(&town).await;
    town.progress.send_modify(|progress| progress.over = true);
    let confirmed = phones.join_all().await;

    town.everything_is_delivered().await;
    each_reset_has_one_password_and_its_sms(&town, confirmed.iter().sum());
    the_newest_password_is_the_one_that_works(&town).await;
    assert_eq!(block_in_place(|| service.stop()).code(), Some(0));
    said += &service.said();
    texts_came_twice_only_where_an_answer_was_lost(&town, &kills, &said);
    nothing_private_is_left_behind(&town, &said, &database).await;
    town.sandbox.shutdown().await;
    database.remove().await;
}

/// Lets everybody reset some more times, and waits until they have.
async fn all_have_more(town: &Town) {
    want_more(town);
    let all = |progress: &Progress| progress.confirmed == progress.wanted;
    soon("everybody has a new password", town.until(all)).await;
}

fn want_more(town: &Town) {
    town.progress.send_modify(|progress| {
        let more = progress.confirmed.iter().map(|confirmed| confirmed + SOME);
        progress.wanted = more.collect();
    });
}

/// Lets everybody reset some more times, and waits for the moment in the middle.
async fn comes(town: &Town, moment: Moment) {
    let before = town.sandbox.messages().len();
    let (pressed, confirmed) = {
        let progress = town.progress.borrow();
        (progress.pressed, progress.confirmed.iter().sum::<usize>())
    };
    if let Moment::Held { reported } = moment {
        let held = Behaviour::HoldReply { reported };
        town.sandbox.behave_next(&line(0), [held]);
    }
    let held_before = town.sandbox.messages_to(&line(0)).len();
    want_more(town);
    let comes = async {
        match moment {
            Moment::Sms(more) => town.accepted(|all| all.len() >= before + more).await,
            Moment::Confirmed(more) => {
                town.until(|p| p.confirmed.iter().sum::<usize>() >= confirmed + more)
                    .await;
            }
            Moment::Pressed(more) => town.until(|p| p.pressed >= pressed + more).await,
            Moment::Held { .. } => {
                town.accepted(|all| sent_to(0, all).len() > held_before)
                    .await;
            }
            Moment::Ready => {}
        }
    };
    soon(&format!("{moment:?}"), comes).await;
}
