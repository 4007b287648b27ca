//! The phone in a terminal of one's own: the screen, what is typed, the clocks, the SMS.

use std::io::{self, Stdout, Write};
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::style::{Print, Stylize};
use crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, queue, terminal};
use tokio::time::Instant;

use super::deed::Deed;
use super::frame::{frame, wrapped};
use super::phone::{Limits, Phones};

const HINTS: [&str; 2] = [
    "Enter sends or dials, Esc hangs up, Tab takes the next phone, Ctrl-C stops",
    ":dial CODE, :end, :2 or :from NUMBER (another phone), :quit",
];

/// How few seconds are few.
const FEW: u64 = 10;

/// The terminal, taken over until it is dropped.
pub(super) struct Terminal {
    out: Stdout,
    typed: String,
    /// What went wrong last.
    note: String,
}

/// What is to be seen: lines from above, and where the cursor stands.
struct Page {
    lines: Vec<String>,
    clock: Option<usize>,
    is_late: bool,
    cursor: (usize, usize),
}

impl Terminal {
    pub(super) fn open() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let mut out = io::stdout();
        execute!(out, EnterAlternateScreen)?;
        Ok(Self {
            out,
            typed: String::new(),
            note: String::new(),
        })
    }

    /// Says what went wrong, until the next key.
    pub(super) fn complain(&mut self, note: String) {
        self.note = note;
    }

    /// What a key means; nothing while something is typed.
    pub(super) fn key(&mut self, key: KeyEvent, phones: &Phones) -> Option<Deed> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        self.note.clear();
        let in_session = phones.in_hand().call.is_some();
        match key.code {
            KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                Some(Deed::Quit)
            }
            KeyCode::Char(letter) => {
                self.typed.push(letter);
                None
            }
            KeyCode::Backspace => {
                self.typed.pop();
                None
            }
            KeyCode::Esc if self.typed.is_empty() && in_session => Some(Deed::HangUp),
            KeyCode::Esc => {
                self.typed.clear();
                None
            }
            KeyCode::Tab => Some(Deed::TakeUp((phones.current + 1) % phones.all.len() + 1)),
            KeyCode::Enter => self.enter(in_session),
            _ => None,
        }
    }

    fn enter(&mut self, in_session: bool) -> Option<Deed> {
        let typed = std::mem::take(&mut self.typed);
        if typed.starts_with('*') && !in_session {
            return Some(Deed::Dial(Some(typed)));
        }
        match Deed::parse(&typed) {
            Ok(None) if in_session => Some(Deed::Type(typed)),
            Ok(None) => Some(Deed::Dial(None)),
            Ok(Some(Deed::AwaitSms | Deed::AwaitTimeOut)) => None,
            Ok(deed) => deed,
            Err(error) => {
                self.note = error.to_string();
                None
            }
        }
    }

    /// Draws everything anew.
    pub(super) fn draw(&mut self, phones: &Phones, limits: Limits) -> io::Result<()> {
        let (width, height) = terminal::size()?;
        let page = page(phones, limits, &self.typed, &self.note, Instant::now());
        let rows = page.lines.iter().take(usize::from(height));
        for (row, line) in rows.enumerate() {
            let line: String = line.chars().take(usize::from(width)).collect();
            queue!(self.out, cursor::MoveTo(0, short(row)))?;
            if page.clock == Some(row) && page.is_late {
                queue!(self.out, Print(line.red()))?;
            } else {
                queue!(self.out, Print(line))?;
            }
            queue!(self.out, Clear(ClearType::UntilNewLine))?;
        }
        let (column, row) = page.cursor;
        if page.lines.len() < usize::from(height) {
            queue!(
                self.out,
                cursor::MoveTo(0, short(page.lines.len())),
                Clear(ClearType::FromCursorDown)
            )?;
        }
        queue!(self.out, cursor::MoveTo(short(column), short(row)))?;
        self.out.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = execute!(self.out, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn page(phones: &Phones, limits: Limits, typed: &str, note: &str, now: Instant) -> Page {
    let phone = phones.in_hand();
    let mut lines = frame(&phone.title(), &phone.screen, &phone.state);
    let (mut clock, mut is_late) = (None, false);
    if let Some(call) = &phone.call {
        let silence = left(phone.asked_at + phone.silence(limits), now);
        let session = left(Instant::from_std(call.started) + limits.session, now);
        clock = Some(lines.len());
        is_late = silence.min(session) <= FEW;
        lines.push(format!(
            "reply within {silence} s, session ends in {session} s"
        ));
    } else {
        lines.push("no session".to_owned());
    }
    let row = lines.len();
    lines.push(format!("> {typed}"));
    lines.push(note.to_owned());
    for (place, other) in phones.all.iter().enumerate() {
        let hand = if place == phones.current { '*' } else { ' ' };
        let news = match other.sms.len() {
            0 => String::new(),
            count => format!(", {count} SMS"),
        };
        lines.push(format!("{hand}:{} {}{news}", place + 1, other.title()));
    }
    lines.push(String::new());
    lines.extend(HINTS.map(str::to_owned));
    lines.push(String::new());
    for sms in phone.sms.iter().rev() {
        let time = sms.at.get(11..16).unwrap_or_default();
        lines.push(format!("SMS {time}"));
        lines.extend(wrapped(&sms.text).iter().map(|line| format!("  {line}")));
    }
    let cursor = (typed.chars().count() + 2, row);
    Page {
        lines,
        clock,
        is_late,
        cursor,
    }
}

/// Whole seconds until then, begun ones included.
fn left(until: Instant, now: Instant) -> u64 {
    let left = until.saturating_duration_since(now);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

/// How often the clocks are drawn anew.
pub(super) const BEAT: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::dial::phone::Phone;
    use crate::demo::Carrier;
    use crate::demo::handset::{Call, Received, Reply};
    use crate::domain::Msisdn;

    fn phones() -> Phones {
        let all = ["254700000001", "254700000002"].map(|number| {
            let from = Msisdn::parse(number).unwrap();
            Phone::new(from, Carrier::named("safaricom").unwrap())
        });
        Phones {
            all: all.into(),
            current: 0,
        }
    }

    const LIMITS: Limits = Limits {
        silence: None,
        session: Duration::from_mins(3),
    };

    #[test]
    fn a_page_shows_screen_clocks_phones_and_messages() {
        let mut phones = phones();
        let phone = phones.in_hand_mut();
        let call = Call::new(phone.from.clone(), phone.carrier, "");
        let now = Instant::from_std(call.started);
        phone.call = Some(call);
        phone.show(&Reply {
            text: "Welcome".into(),
            end: false,
        });
        phone.asked_at = now;
        phone.sms.push(Received {
            id: "m1".into(),
            text: "Habari".into(),
            at: "2026-10-13T03:00:00+03:00".into(),
            segments: 1,
        });
        let page = page(&phones, LIMITS, "12", "", now);
        let text = page.lines.join("\n");
        for part in [
            "┌ 254700000001 Safaricom ─",
            "│ Welcome ",
            "└ 7 of 160 septets ─",
            "reply within 30 s, session ends in 180 s",
            "\n> 12\n",
            "\n*:1 254700000001 Safaricom, 1 SMS\n :2 254700000002 Safaricom\n",
            "SMS 03:00\n  Habari",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(page.lines[page.cursor.1], "> 12");
        assert!(!page.is_late);
    }

    #[test]
    fn keys_type_send_dial_and_change_phones() {
        let mut terminal = Terminal {
            out: io::stdout(),
            typed: String::new(),
            note: String::new(),
        };
        let mut phones = phones();
        let mut press = |code, phones: &Phones| terminal.key(KeyEvent::from(code), phones);
        assert_eq!(press(KeyCode::Enter, &phones), Some(Deed::Dial(None)));
        assert_eq!(press(KeyCode::Tab, &phones), Some(Deed::TakeUp(2)));
        let phone = phones.in_hand_mut();
        phone.call = Some(Call::new(phone.from.clone(), phone.carrier, ""));
        for key in ['3', '4'] {
            assert_eq!(press(KeyCode::Char(key), &phones), None);
        }
        assert_eq!(press(KeyCode::Backspace, &phones), None);
        assert_eq!(press(KeyCode::Enter, &phones), Some(Deed::Type("3".into())));
        assert_eq!(press(KeyCode::Esc, &phones), Some(Deed::HangUp));
        // It was never opened, so there is nothing to give back.
        std::mem::forget(terminal);
    }
}
