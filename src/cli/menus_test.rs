//! `cp2 menus test`: plays the transcripts of a menu.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use anyhow::Context;
use clap::Args;

use crate::actions::CATALOGUE;
use crate::menus::{self, Edge, Menu};
use crate::rehearsal::{Played, Script, play};

#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// The folder of menu files; its transcripts lie in DIR/transcripts
    #[arg(value_name = "DIR", default_value = "ussd_menus")]
    folder: PathBuf,
    /// Write what was seen into the transcripts
    #[arg(long)]
    update: bool,
}

pub(super) async fn run(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    let files =
        menus::read_folder(folder).with_context(|| format!("can't read {}", folder.display()))?;
    let menu = match menus::prove(&files, &CATALOGUE) {
        Ok(menu) => menu,
        Err(findings) => {
            eprintln!("{findings}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let stage = Workshop::open()?;
    let mut walked = BTreeSet::new();
    let mut differences = 0;
    let transcripts = transcripts(&folder.join("transcripts"))?;
    for path in &transcripts {
        let text = fs::read_to_string(path)?;
        let script = Script::parse(&path.display().to_string(), &text)?;
        let played = play(&script, &menu, &stage.0).await?;
        for difference in &played.differences {
            eprintln!("{difference}");
        }
        if args.update && !played.differences.is_empty() {
            // What differs from one play to the next is nobody's to know: passwords, tokens.
            let again = play(&script, &menu, &stage.0).await?;
            fs::write(path, rewritten(&text, &script, &played, &again))?;
        } else {
            differences += played.differences.len();
        }
        walked.extend(played.walked);
    }
    print_share(&menu, &walked, transcripts.len());
    Ok(if differences == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn transcripts(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| {
        format!(
            "can't read {}, where transcripts lie as .txt files",
            folder.display()
        )
    })?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "txt") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The share of the menu's ways that the transcripts went, and the ways they never did.
fn print_share(menu: &Menu, walked: &BTreeSet<Edge>, transcripts: usize) {
    let edges = menu.edges();
    let missed: Vec<_> = edges.iter().filter(|edge| !walked.contains(edge)).collect();
    for edge in &missed {
        println!("never walked: {} --{}--> {}", edge.from, edge.via, edge.to);
    }
    let went = edges.len() - missed.len();
    let share = if edges.is_empty() {
        100
    } else {
        went * 100 / edges.len()
    };
    println!(
        "{transcripts} transcripts walked {went} of {} ways: {share} %",
        edges.len()
    );
}

/// The transcript with what was seen in place of what was written, comments and words
/// that nobody can know kept.
fn rewritten(text: &str, script: &Script, played: &Played, again: &Played) -> String {
    let lines: Vec<_> = text.lines().collect();
    let mut rewritten = String::new();
    let mut at = 0;
    for (step, (seen, seen_again)) in script.steps.iter().zip(played.seen.iter().zip(&again.seen)) {
        let differs = played
            .differences
            .iter()
            .any(|difference| difference.line == step.line);
        while at < step.line {
            rewritten.push_str(lines[at]);
            rewritten.push('\n');
            at += 1;
        }
        if !differs || !step.direction.shows() {
            continue;
        }
        while lines
            .get(at)
            .is_some_and(|line| line.starts_with('|') || *line == "end")
        {
            at += 1;
        }
        for (line, again) in seen.iter().zip(seen_again) {
            if line == "(the session is over)" {
                rewritten.push_str("end\n");
            } else {
                let _ = writeln!(rewritten, "| {}", common(line, again));
            }
        }
    }
    for line in &lines[at.min(lines.len())..] {
        rewritten.push_str(line);
        rewritten.push('\n');
    }
    rewritten
}

/// A line with `~` for the part of each word that differs from one play to the next.
fn common(line: &str, again: &str) -> String {
    let words = line.split(' ').zip(again.split(' '));
    let common = words.map(|(word, again)| {
        if word == again {
            return word.to_owned();
        }
        // Secrets are letters and digits; two may begin or end alike by chance.
        let edge = |c: char| !c.is_alphanumeric();
        let start = word.rfind('/').map_or(0, |slash| slash + 1);
        let end = word.trim_end_matches(edge).len();
        format!("{}~{}", &word[..start], &word[end..])
    });
    common.collect::<Vec<_>>().join(" ")
}

/// A folder for the databases of the transcripts, gone when they are played.
struct Workshop(PathBuf);

impl Workshop {
    fn open() -> io::Result<Self> {
        let name = format!("cp2-menus-{}", crate::crypto::Token::fresh().reveal());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
