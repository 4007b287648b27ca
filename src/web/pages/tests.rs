//! Promises that hold for all pages.

use axum::body::to_bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

use super::*;
use crate::actions::PasswordFault;
use crate::domain::{Accent, County, Crest, Language};

const EVERY_LANGUAGE: [Language; 2] = [Language::En, Language::Sw];
const EVERY_PROBLEM: [Problem; 9] = [
    Problem::Unreadable,
    Problem::Refused,
    Problem::ByPhone,
    Problem::NotFound,
    Problem::WrongMethod,
    Problem::TooLarge,
    Problem::TooOften,
    Problem::Fault,
    Problem::Unavailable,
];

const EVERY_PASSWORD_FAULT: [PasswordFault; 5] = [
    PasswordFault::WrongOld,
    PasswordFault::Differ,
    PasswordFault::Short,
    PasswordFault::Guessable,
    PasswordFault::Same,
];

const EVERY_CODE_STATE: [LetterCodeState; 6] = [
    LetterCodeState::Asking,
    LetterCodeState::NoCode,
    LetterCodeState::NoCookie,
    LetterCodeState::Wrong,
    LetterCodeState::Locked { minutes: 15 },
    LetterCodeState::TooMany { minutes: 60 },
];

fn look() -> Look {
    look_of(Accent::default())
}

fn look_of(accent: Accent) -> Look {
    let crest = Crest::plain(accent).unwrap();
    Look::new(("Exams Council", &crest, accent), "*384*2026#", true)
}

async fn read(page: impl IntoResponse) -> (StatusCode, HeaderMap, String) {
    let response = page.into_response();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

fn card(text: &str) -> DeploymentCard {
    DeploymentCard {
        letter: text.into(),
        series: text.into(),
        role: text.into(),
        centre_code: "99208105".into(),
        centre_name: text.into(),
        sub_county: text.into(),
        report: text.into(),
        from: text.into(),
        to: text.into(),
        rate: text.into(),
        distribution_centre: text.into(),
    }
}

/// Each page in this language, with `text` wherever a person's data can stand.
async fn every_page(language: Language, text: &str) -> Vec<(StatusCode, HeaderMap, String)> {
    let look = look();
    let frame = look.frame(language);
    let deployments = [card(text), card(text), card(text)];
    let login = |error| LoginPage {
        frame,
        user_name: text,
        error,
    };
    let me = |deployments| MePage {
        frame,
        name: text,
        user_name: text,
        is_invited: true,
        is_manager: true,
        deployments,
    };
    let password = |is_first, state| PasswordPage {
        frame,
        user_name: text,
        is_first,
        state,
    };
    let mut pages = vec![
        read(HomePage { frame }).await,
        read(LinkPage { frame, minutes: 15 }).await,
        read(LinkGonePage { frame }).await,
        read(LetterOpenPage { frame, minutes: 15 }).await,
        read(login(None)).await,
        read(login(Some(LoginError::Mismatch))).await,
        read(login(Some(LoginError::Wait { minutes: 15 }))).await,
        read(me(&deployments)).await,
        read(me(&[])).await,
        read(password(true, PasswordState::Asking)).await,
        read(password(false, PasswordState::Wait { minutes: 15 })).await,
    ];
    for notice in every_notice(text) {
        let (notice, back) = (&notice, "/me");
        pages.push(
            read(NoticePage {
                frame,
                notice,
                back,
            })
            .await,
        );
    }
    pages.extend(forms(frame, text).await);
    pages.extend(centre_pages(frame, text).await);
    for fault in EVERY_PASSWORD_FAULT {
        pages.push(read(password(false, PasswordState::Faulty(fault))).await);
    }
    for state in EVERY_CODE_STATE {
        pages.push(read(LetterCodePage { frame, state }).await);
    }
    for problem in EVERY_PROBLEM {
        pages.push(read(ErrorPage { frame, problem }).await);
    }
    pages
}

fn every_notice(text: &str) -> [Notice; 14] {
    let text = || text.to_owned();
    [
        Notice::Saved,
        Notice::Accepted,
        Notice::Declined(text()),
        Notice::TooLateToAnswer(text()),
        Notice::NoInvitation,
        Notice::NumberTaken(text()),
        Notice::NumberNotTaken,
        Notice::NoCode,
        Notice::TooManyCodes,
        Notice::RegisterClosed(text()),
        Notice::SetPin,
        Notice::Locked(text()),
        Notice::Waits(text()),
        Notice::Checking,
    ]
}

async fn forms(frame: Frame<'_>, text: &str) -> Vec<(StatusCode, HeaderMap, String)> {
    let title = frame.pick("County", "Kaunti");
    let counties = County::all()
        .iter()
        .map(|county| (county.name, county.name));
    let facts = || vec![(title, text.to_owned()); 8];
    let form = FormPage {
        lead: Some(text.to_owned()),
        facts: facts(),
        error: Some(text.to_owned()),
        carried: vec![("then", text.to_owned())],
        questions: vec![
            Question::choice("county", title, counties.collect()),
            Question::typed("words", text, Typing::Words, text),
        ],
        ..FormPage::new(frame, title, "/me/details/place", "/me/details")
    };
    let invitation = InvitationPage {
        frame,
        facts: facts(),
        is_declined: false,
    };
    let details = DetailsPage {
        frame,
        name: text.into(),
        line: text.into(),
        kra_pin: text.into(),
        qualification: text.into(),
        workstation: text.into(),
        place: text.into(),
        email: text.into(),
    };
    vec![
        read(form).await,
        read(invitation).await,
        read(details).await,
    ]
}

async fn centre_pages(frame: Frame<'_>, text: &str) -> Vec<(StatusCode, HeaderMap, String)> {
    let path = || format!("/centre/{}", "0".repeat(36));
    let member = Member {
        name: text.into(),
        role: frame
            .pick("Deputy centre manager", "Naibu msimamizi wa kituo (DCM)")
            .into(),
        role_code: "DCM".into(),
        gender: "KE".into(),
        line: "25470****001".into(),
        national_id: "90000001".into(),
    };
    let marked = Marked {
        member: "0".repeat(36),
        name: text.into(),
        role: member.role.clone(),
        mark: "Ab".into(),
    };
    let register = |is_signed| {
        RegisterPage {
            frame,
            path: path(),
            back: path(),
            day: text.into(),
            is_signed,
            present: "999".into(),
            absent: "999".into(),
            unmarked: "999".into(),
            people: &vec![marked.clone(); 15],
            from: 15,
            next: Some(30),
        }
        .into_response()
    };
    let entry = (path(), text.to_owned(), "KCSE 2026".to_owned());
    let centre = CentrePage {
        frame,
        path: path(),
        code: text.into(),
        name: frame.pick("Mfano School", "Shule ya Mfano").into(),
        location: text.into(),
        candidates: text.into(),
        distribution_centre: text.into(),
        distance: text.into(),
    };
    let entries = vec![entry.clone(), entry];
    let days = vec![(path(), text.to_owned()); 2];
    let roster = RosterPage {
        frame,
        centre: Some(text.into()),
        path: path(),
        members: &vec![member; 25],
        count: 2_000,
        name: text,
        role: text,
        next: Some(25),
        is_print: false,
    };
    vec![
        read(CentresPage { frame, entries }).await,
        read(centre).await,
        read(DaysPage {
            frame,
            path: path(),
            days,
        })
        .await,
        read(roster).await,
        read(register(false)).await,
        read(register(true)).await,
    ]
}

#[tokio::test]
async fn each_page_with_its_styles_weighs_less_than_14_kb() {
    let longest = "W".repeat(60);
    for language in EVERY_LANGUAGE {
        for (_, _, html) in every_page(language, &longest).await {
            assert!(html.len() < 14_000, "{} bytes", html.len());
        }
    }
}

#[tokio::test]
async fn a_name_that_is_markup_stays_a_name() {
    for language in EVERY_LANGUAGE {
        for (_, _, html) in every_page(language, "\"><script>alert('x')</script>").await {
            assert!(!html.contains("<script"), "{html}");
        }
    }
}

#[tokio::test]
async fn no_page_has_a_script_or_fetches_anything_but_the_crest() {
    for language in EVERY_LANGUAGE {
        for (_, _, html) in every_page(language, "x").await {
            let (before, after) = html.split_once("<img src=\"/crest.svg?").unwrap();
            let html = [before, after].concat();
            for wanted in [" src=", "@import", "url(", "onclick", "href=\"http"] {
                assert!(!html.contains(wanted), "{wanted} in {html}");
            }
        }
    }
}

#[tokio::test]
async fn each_page_speaks_both_languages_and_leads_to_the_other_one() {
    let english = every_page(Language::En, "x").await;
    let kiswahili = every_page(Language::Sw, "x").await;
    for ((_, _, english), (_, _, kiswahili)) in english.iter().zip(&kiswahili) {
        assert!(english.contains(r#"<html lang="en">"#) && english.contains(">Kiswahili</a>"));
        assert!(kiswahili.contains(r#"<html lang="sw">"#) && kiswahili.contains(">English</a>"));
        assert_ne!(title(english), title(kiswahili));
    }
}

fn title(html: &str) -> Option<&str> {
    html.split_once("<h1>")?
        .1
        .split_once("</h1>")
        .map(|(title, _)| title)
}

#[tokio::test]
async fn each_page_carries_every_security_header() {
    for (_, headers, _) in every_page(Language::En, "x").await {
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-robots-tag"], "noindex");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(headers.contains_key("strict-transport-security"));
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn the_policy_allows_exactly_the_style_that_is_sent() {
    use sha2::{Digest, Sha256};
    let look = look();
    let (_, headers, html) = read(HomePage {
        frame: look.frame(Language::En),
    })
    .await;
    let style = html
        .split_once("<style>")
        .unwrap()
        .1
        .split_once("</style>")
        .unwrap()
        .0;
    let hash = data_encoding::BASE64.encode(&Sha256::digest(style));
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("'sha256-{hash}'")));
}

#[tokio::test]
async fn the_council_brings_its_own_colour() {
    let look = look_of(Accent::parse("#7a1f2b").unwrap());
    let (_, _, html) = read(HomePage {
        frame: look.frame(Language::En),
    })
    .await;
    assert!(html.contains("#7a1f2b") && !html.contains("var("));
}

#[tokio::test]
async fn a_wait_is_told_to_people_and_to_programs() {
    let look = look();
    let error = Some(LoginError::Wait { minutes: 15 });
    let page = LoginPage {
        frame: look.frame(Language::En),
        user_name: "",
        error,
    };
    let (status, headers, html) = read(page).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(headers["retry-after"], "900");
    assert!(html.contains("Wait 15 minutes"));
}

#[tokio::test]
async fn a_link_that_is_gone_says_what_to_dial() {
    let look = look();
    let (status, _, html) = read(LinkGonePage {
        frame: look.frame(Language::Sw),
    })
    .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains(r#"href="tel:*384*2026%23""#) && html.contains("Pata barua kwa SMS"));
}
