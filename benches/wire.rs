//! What a hop costs besides engine and database: reading the callback, writing the screen,
//! measuring texts, looking at the token of a link. Run it by `cargo bench --bench wire`.
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on should stop where it is"
)]

use std::hint::black_box;

use cp2::aggregators::{Channels, Hop, RawRequest, Turn, Ussd};
use cp2::config;
use cp2::crypto::Token;
use cp2::text::{cut, fold, segments, septets};
use cp2::ussd::Screen;
use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderMap, Method};

const BODY: &[u8] = b"sessionId=ATUid_0190f3c2a7b84d6e9f1a2b3c4d5e6f70&serviceCode=*384*2026%23\
    &phoneNumber=%2B254700000001&networkCode=63902&text=4*1*A001234567K*1";

/// As full as a screen can be.
const SCREEN: &str = "KCSE 2026 Invigilator\n99208105 Mfano Secondar.\nMurang'a South\n\
    Report 16 Oct 7:00am\n19 Oct-20 Nov KES 550/day\nPapers Murang'a South.\n1. SMS letter\n\
    0:Back 00:Home";

fn channels() -> Channels {
    let text = format!(
        r#"
        [keys]
        current = "bench"
        [keys.key]
        bench = "{key}"
        [[channel]]
        name = "at"
        kind = "africastalking"
        secret = "a-path-secret-of-benches"
        username = "bench"
        api_key = "bench"
        service_codes = ["*384*2026#"]
        "#,
        key = "5a".repeat(32),
    );
    let config = config::parse("bench.toml", &text, []).unwrap();
    Channels::open(&config.channel, "https://cp2.example.org").unwrap()
}

fn read(side: &dyn Ussd, request: &RawRequest<'_>) -> Turn {
    match side.read_hop(request).unwrap() {
        Hop::Turn(turn) => turn,
        Hop::Ended(_) => panic!("the bench's own callback is a hop"),
    }
}

fn adapter(criterion: &mut Criterion) {
    let channels = channels();
    let side = channels.named("at").unwrap().aggregator.ussd().unwrap();
    let mut headers = HeaderMap::new();
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    headers.insert(http::header::CONTENT_TYPE, kind);
    let request = RawRequest {
        method: &Method::POST,
        path: "/callbacks/at/secret/ussd",
        rest: "",
        query: None,
        headers: &headers,
        body: BODY,
    };
    criterion.bench_function("a callback read", |bencher| {
        bencher.iter(|| read(side, black_box(&request)));
    });
    let turn = read(side, &request);
    let screen = Screen {
        text: SCREEN.to_owned(),
        end: false,
    };
    criterion.bench_function("a screen written", |bencher| {
        bencher.iter(|| side.write_screen(black_box(&screen), &turn, &request));
    });
    criterion.bench_function("the secret of a path", |bencher| {
        bencher.iter(|| {
            channels
                .behind("at", black_box("a-path-secret-of-bencher"))
                .is_some()
        });
    });
}

fn texts(criterion: &mut Criterion) {
    let long = SCREEN.repeat(4);
    criterion.bench_function("septets of a screen", |bencher| {
        bencher.iter(|| septets(black_box(SCREEN)));
    });
    criterion.bench_function("segments of a long SMS", |bencher| {
        bencher.iter(|| segments(black_box(&long)));
    });
    criterion.bench_function("a name folded and cut", |bencher| {
        bencher.iter(|| cut(&fold(black_box("Khadija Nakhumicha Mwanajuma Wanjirũ")), 20));
    });
}

fn tokens(criterion: &mut Criterion) {
    let token = Token::fresh();
    criterion.bench_function("the token of a link", |bencher| {
        bencher.iter(|| Token::parse(black_box(token.reveal())).unwrap().hash());
    });
}

criterion_group!(benches, adapter, texts, tokens);
criterion_main!(benches);
