//! `cp2 dial`: a phone in the terminal.

mod deed;
mod desk;
mod face;
mod frame;
mod phone;
mod terminal;

use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{MissedTickBehavior, interval, sleep_until};

use self::deed::{Deed, DeedError};
use self::desk::{CarrierOf, Desk, DeskError, extension};
use self::face::Face;
use self::phone::{Limits, Phone, Phones};
use self::terminal::{BEAT, Terminal};
use super::stop::Stop;
use crate::demo::handset::{Handset, parse_base};
use crate::demo::{
    CARRIERS, CHANNEL, Carrier, Demo, DemoSettings, LONGEST_SESSION, SECRET, SERVICE_CODE, seed,
};
use crate::domain::Msisdn;

/// How often inboxes are looked into.
const LOOK: Duration = Duration::from_millis(300);

/// A phone in the terminal: dial, read, answer, get SMS
///
/// It speaks to the service as Africa's Talking does. Without --url a demo is started
/// for it, in this process. In a terminal the screen, the clocks and the SMS are drawn
/// in place; otherwise answers are read from stdin or from --script, one a line, and
/// what happens is printed line after line. Lines that begin with # are comments, lines
/// that begin with : are commands: :dial [CODE], :end (hang up), :2 or :from NUMBER
/// (another phone), :sms (wait for one), :timeout (wait until the network hangs up),
/// :quit.
///
/// Example: cp2 dial '*384*2026#' --from 254700000002
#[derive(Debug, Args)]
pub(super) struct DialArgs {
    /// What to dial
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// The number of the phone; say it again for more phones
    #[arg(long, value_name = "MSISDN", required = true, value_parser = Msisdn::parse)]
    from: Vec<Msisdn>,
    /// Where a service runs; only a demo has an inbox to look into
    #[arg(long, value_name = "URL", value_parser = parse_base)]
    url: Option<String>,
    /// The channel of that service
    #[arg(long, value_name = "NAME", requires = "url", default_value = CHANNEL)]
    channel: String,
    /// The path secret of that channel
    #[arg(long, value_name = "TEXT", default_value = SECRET, env = "CP2_DIAL_SECRET", hide_env_values = true)]
    secret: String,
    /// The code that the service is known by
    #[arg(long, value_name = "CODE", requires = "url", default_value = SERVICE_CODE)]
    service_code: String,
    /// The network of the phones; without it their own in the demo, else Safaricom
    #[arg(long, value_name = "NAME", value_parser = networks(), ignore_case = true)]
    network: Option<String>,
    /// The network hangs up after so many seconds without an answer; its own limit
    /// when left out: 30, and 60 on Airtel
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    silence: Option<u64>,
    /// The network hangs up after so many seconds in all
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600), default_value_t = LONGEST_SESSION.as_secs())]
    session: u64,
    /// Answers and commands from a file, one a line
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Print what happens as JSON, an object a line
    #[arg(long)]
    json: bool,
}

/// What comes in from the person.
enum Input {
    /// Something to do, and the line it stands on.
    Deed(usize, Deed),
    /// A line that says nothing that can be done.
    Wrong(usize, DeedError),
    /// Something at the keyboard.
    Key(crossterm::event::Event),
}

fn networks() -> PossibleValuesParser {
    let names = CARRIERS.iter().map(|carrier| carrier.name);
    PossibleValuesParser::new(names)
}

pub(super) async fn run(mut args: DialArgs) -> anyhow::Result<ExitCode> {
    let code = args.code.as_ref().unwrap_or(&args.service_code).clone();
    if extension(&args.service_code, &code).is_none() {
        let wrong = DeskError::Code(code, args.service_code);
        clap::Error::raw(ErrorKind::ValueValidation, format!("{wrong}\n")).exit();
    }
    let script = args.script.as_deref().map(read_script).transpose()?;
    let stop = Stop::listen()?;
    let Some(url) = args.url.clone() else {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let settings = DemoSettings {
            data: None,
            professionals: 0,
        };
        let demo = Demo::start(listener, &settings).await?;
        let base = format!("http://{}", demo.addr());
        SECRET.clone_into(&mut args.secret);
        let done = dial(&args, &base, code, script, stop).await;
        demo.stop().await;
        return done;
    };
    dial(&args, &url, code, script, stop).await
}

fn read_script(path: &Path) -> anyhow::Result<Vec<(usize, Deed)>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    deed::script(&path.display().to_string(), &text).map_err(anyhow::Error::msg)
}

async fn dial(
    args: &DialArgs,
    base: &str,
    code: String,
    script: Option<Vec<(usize, Deed)>>,
    stop: Stop,
) -> anyhow::Result<ExitCode> {
    let carrier_of = carriers(args.network.as_deref())?;
    let phones = args.from.iter();
    let phones = phones.map(|from| Phone::new(from.clone(), carrier_of(from)));
    let (inputs, received) = unbounded_channel();
    let by_hand =
        script.is_none() && !args.json && io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut desk = Desk {
        handset: Handset::new(base, &args.channel, &args.secret, &args.service_code)?,
        phones: Phones {
            all: phones.collect(),
            current: 0,
        },
        face: if args.json { Face::Json } else { Face::Plain },
        limits: Limits {
            silence: args.silence.map(Duration::from_secs),
            session: Duration::from_secs(args.session),
        },
        service_code: args.service_code.clone(),
        code,
        carrier_of,
        waits: None,
    };
    // What lies in the inboxes already; and whether there is a service at all.
    desk.look().await?;
    match script {
        Some(deeds) => {
            for (line, deed) in deeds {
                // The other end is in this very function.
                let _ = inputs.send(Input::Deed(line, deed));
            }
            drop(inputs);
        }
        None if by_hand => {
            desk.face = Face::Terminal(Box::new(Terminal::open()?));
            std::thread::spawn(move || pass_keys(&inputs));
        }
        None => {
            std::thread::spawn(move || pass_lines(&inputs));
        }
    }
    let done = play(&mut desk, received, stop).await;
    desk.put_away().await;
    match done {
        // Whoever stops reading, as `head` does, has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        done => done.map(|()| ExitCode::SUCCESS),
    }
}

/// The network of each number: that of all, or its own in the demo.
fn carriers(of_all: Option<&str>) -> Result<CarrierOf, seed::SeedError> {
    if let Some(carrier) = of_all.and_then(Carrier::named) {
        return Ok(Box::new(move |_| carrier));
    }
    let known = seed::phones()?;
    Ok(Box::new(move |number| {
        let own = known.iter().find(|phone| phone.msisdn == *number);
        own.map_or(&CARRIERS[0], |phone| Carrier::of(&phone.network))
    }))
}

/// Dials, then does one thing after the other until there is no more to do.
async fn play(
    desk: &mut Desk,
    mut inputs: UnboundedReceiver<Input>,
    mut stop: Stop,
) -> anyhow::Result<()> {
    let mut look = interval(LOOK);
    let mut beat = interval(BEAT);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let stopped = stop.told();
    tokio::pin!(stopped);
    let mut done = desk.act(Deed::Dial(None)).await.map_err(Into::into);
    loop {
        if let Err(error) = done {
            let Face::Terminal(terminal) = &mut desk.face else {
                return Err(error);
            };
            terminal.complain(error.to_string());
        }
        if let Face::Terminal(terminal) = &mut desk.face {
            terminal.draw(&desk.phones, desk.limits)?;
        }
        let deadline = desk.phones.next_deadline(desk.limits);
        let time_is_up = async {
            match deadline {
                Some((_, at, _)) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        done = tokio::select! {
            () = &mut stopped => return Ok(()),
            () = time_is_up => desk.time_out().await.map_err(Into::into),
            _ = look.tick() => desk.look().await.map_err(Into::into),
            _ = beat.tick(), if matches!(desk.face, Face::Terminal(_)) => Ok(()),
            input = inputs.recv(), if desk.waits.is_none() => match input {
                None | Some(Input::Deed(_, Deed::Quit)) => return Ok(()),
                Some(Input::Deed(line, deed)) => {
                    let done = desk.act(deed).await;
                    done.with_context(|| format!("line {line}"))
                }
                Some(Input::Wrong(line, error)) => Err(error).with_context(|| format!("line {line}")),
                Some(Input::Key(event)) => match pressed(desk, &event) {
                    Some(Deed::Quit) => return Ok(()),
                    Some(deed) => desk.act(deed).await.map_err(Into::into),
                    None => Ok(()),
                },
            },
        };
    }
}

fn pressed(desk: &mut Desk, event: &crossterm::event::Event) -> Option<Deed> {
    let key = event.as_key_event()?;
    match &mut desk.face {
        Face::Terminal(terminal) => terminal.key(key, &desk.phones),
        Face::Plain | Face::Json => None,
    }
}

/// Runs on a thread of its own that nobody waits for: reading can't be broken off.
fn pass_lines(inputs: &UnboundedSender<Input>) {
    for (index, line) in io::stdin().lock().lines().enumerate() {
        let Ok(line) = line else { return };
        let input = match Deed::parse(&line) {
            Ok(None) => continue,
            Ok(Some(deed)) => Input::Deed(index + 1, deed),
            Err(error) => Input::Wrong(index + 1, error),
        };
        if inputs.send(input).is_err() {
            return;
        }
    }
}

/// The same for keys.
fn pass_keys(inputs: &UnboundedSender<Input>) {
    while let Ok(event) = crossterm::event::read() {
        if inputs.send(Input::Key(event)).is_err() {
            return;
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
