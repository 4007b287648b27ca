//! Files of the council, from the command line into the register and out again.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::os::unix::process::ExitStatusExt;

use cp2::domain::{Clock, SystemClock};
use serde_json::Value;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::harness::program::{Program, Said, run};
use crate::harness::service::{link_in, person};
use crate::harness::{Office, TestService, on_each_database};

on_each_database!(
    a_file_is_taken_over_once,
    nothing_is_written_while_a_row_is_rejected,
    what_the_register_knows_better_is_rejected,
    files_are_read_as_older_programs_write_them,
    files_that_are_none_are_refused,
    people_are_told_once_of_what_moves_them,
    an_import_that_breaks_off_leaves_nothing_or_is_written_to_its_end,
    a_workbook_is_read_as_what_it_shows,
    nobody_waits_for_a_file_that_is_written,
    what_was_exported_changes_nothing_when_it_comes_back,
);

const PEOPLE: &str = "SELECT COUNT(*) FROM people";

/// Where files are taken over and tables written.
struct Desk(Office);

impl Desk {
    fn at(service: &TestService) -> Self {
        Self(Office::at(service))
    }

    /// Imports a file that holds this.
    fn import(&self, kind: &str, text: impl AsRef<[u8]>, more: &[&str]) -> Said {
        let file = self.0.file(&format!("{kind}.csv"));
        fs::write(&file, text).unwrap();
        let arguments = [
            "import",
            kind,
            file.to_str().unwrap(),
            "--by",
            "wanjiku",
            "--json",
        ];
        run(&mut self.0.command(&[&arguments, more].concat()))
    }

    /// The same, where it must succeed: what it came to.
    fn takes(&self, kind: &str, text: impl AsRef<[u8]>, more: &[&str]) -> Value {
        let said = self.import(kind, text, more);
        assert_eq!(
            (said.code, said.err.as_str()),
            (Some(0), ""),
            "{}",
            said.out
        );
        serde_json::from_str(&said.out).unwrap()
    }

    /// The reasons in the list of rejected rows.
    fn rejected(&self, kind: &str) -> String {
        fs::read_to_string(self.0.file(&format!("{kind}.rejected.csv"))).unwrap()
    }

    fn export(&self, table: &str, more: &[&str]) -> String {
        let said = run(&mut self.0.command(&[&["export", table], more].concat()));
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{table}");
        said.out
    }
}

/// New, changed, same and rejected rows.
fn sums(value: &Value) -> [u64; 4] {
    ["new", "changed", "same", "rejected"].map(|name| value[name].as_u64().unwrap())
}

const THREE: &str = "No.,FULL NAMES,I.D. No.,Mobile No.,County,Remarks\n\
    1,Wekesa Anne Nafula,92000001,0711000001,Bungoma,\n\
    2,\"Auma, Joy\",92000002,711000002,Homa-Bay,new\n\
    ,,,,,\n\
    3,Kiptoo Sam,92000003,+254 711 000 003,,\n";

async fn a_file_is_taken_over_once(service: &TestService) {
    let desk = Desk::at(service);
    let before = service.count(PEOPLE).await;
    let dry = desk.takes("professionals", THREE, &["--dry-run"]);
    assert_eq!(sums(&dry), [3, 0, 0, 0]);
    assert_eq!(
        dry["columns_not_read"],
        serde_json::json!(["No.", "Remarks"])
    );
    assert_eq!(service.count(PEOPLE).await, before);
    let first = desk.takes("professionals", THREE, &[]);
    assert_eq!(
        (sums(&first), &first["written"]),
        ([3, 0, 0, 0], &Value::Bool(true))
    );
    assert_eq!(service.count(PEOPLE).await, before + 3);
    let contents = format!("{:?}", service.contents().await);
    let second = desk.takes("professionals", THREE, &[]);
    assert_eq!(
        (sums(&second), &second["written"]),
        ([0, 0, 3, 0], &Value::Bool(false))
    );
    assert_eq!(format!("{:?}", service.contents().await), contents);
    // What an empty cell does not say stays.
    let town = "ID,Name,Town\n92000001,Anne Nafula Wekesa,Webuye\n92000002,Auma Joy,\n";
    assert_eq!(sums(&desk.takes("professionals", town, &[])), [0, 2, 0, 0]);
    let kept = "SELECT COUNT(*) FROM changes WHERE actor = 'operator:wanjiku'";
    assert_eq!(service.count(kept).await, 3);
    let imports = "SELECT COUNT(*) FROM audit WHERE what = 'import.professionals'";
    assert_eq!(service.count(imports).await, 2);
    let known = service.phone_of("254711000001").dial().await;
    assert!(known.starts_with("CON KNEC CP2"), "{known}");
}

async fn nothing_is_written_while_a_row_is_rejected(service: &TestService) {
    let desk = Desk::at(service);
    let before = service.count(PEOPLE).await;
    let text = "ID No,Name,Phone\n92000001,Good One,0711000001\n\
        9.2E+07,Rounded Number,0711000002\n92000003,Long Number,07110000031\n\
        92000004,12345,0711000004\n92000001,Good One,0711000001\n";
    let said = desk.import("professionals", text, &[]);
    assert_eq!(said.code, Some(1));
    let sum: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (sums(&sum), &sum["written"]),
        ([1, 0, 0, 4], &Value::Bool(false))
    );
    assert_eq!(service.count(PEOPLE).await, before);
    let rejected = desk.rejected("professionals");
    for line in [
        "3,national_id,***+07,\"a spreadsheet has rounded",
        "4,phone,***031,the phone number is too long",
        "5,name,12345,a name has letters in it",
        "6,national_id,***001,this stands in row 2 already",
    ] {
        assert!(rejected.contains(line), "{line} in {rejected}");
    }
    let kept = desk.takes("professionals", text, &["--keep-good"]);
    assert_eq!(sums(&kept), [1, 0, 0, 4]);
    assert_eq!(service.count(PEOPLE).await, before + 1);
}

async fn what_the_register_knows_better_is_rejected(service: &TestService) {
    let desk = Desk::at(service);
    let text = "ID No,Name,Phone\n90000001,Somebody Else,\n90000002,Kamau Peter Njoroge,0711000002\n\
        92000003,New One,0700000001\n";
    let said = desk.import("professionals", text, &[]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let rejected = desk.rejected("professionals");
    for reason in [
        "2,national_id,***001,the register has this ID number under another name",
        "3,phone,***002,\"the register has another number for this person",
        "4,phone,***001,somebody else has this number",
    ] {
        assert!(rejected.contains(reason), "{reason} in {rejected}");
    }
    let work = "ID,Centre Code,Series,Role,Reporting Date,Reporting Time,From,To,Daily Rate,Status\n\
        99999999,99208105,KCSE 2026,INV,16/10/2026,7:00am,19/10/2026,20/11/2026,550,\n\
        90000004,99999999,KCSE 2026,INV,16/10/2026,7:00am,19/10/2026,20/11/2026,550,\n\
        90000004,99208105,KCSE 2026,SUP,16/10/2026,7:00am,19/10/2026,20/11/2026,550,cancelled\n\
        90000004,99208105,KCSE 2026,SEC,16/10/2026,,19/10/2026,20/11/2026,550,\n\
        90000004,99208105,KCSE 2026,CLK,16/10/2026,7:00am,19/10/2026,18/10/2026,550,\n";
    assert_eq!(desk.import("deployments", work, &[]).code, Some(1));
    let rejected = desk.rejected("deployments");
    for reason in [
        "2,national_id,***999,nobody in the register",
        "3,centre_code,99999999,the register has no such centre",
        "4,national_id,***004,there is no such deployment",
        "5,reports_hour,,nothing stands here",
        "6,ends_on,18/10/2026,the last day comes before the first",
    ] {
        assert!(rejected.contains(reason), "{reason} in {rejected}");
    }
}

async fn files_are_read_as_older_programs_write_them(service: &TestService) {
    let desk = Desk::at(service);
    let centre = b"COUNCIL;;;;\nCentre Code;School;County;Sub-County;Container\n\
        0100001;St. Ang\xe9la\x92s Girls;NAIROBI COUNTY;Westlands;Westlands Container\n";
    assert_eq!(sums(&desk.takes("centres", centre, &[])), [1, 0, 0, 0]);
    let again = "\u{feff}Code\tName\tCounty\tSub county\tDistribution centre\n\
        00100001\tSt. Angela's Girls\tNairobi\tWestlands\tWestlands Container\n";
    assert_eq!(sums(&desk.takes("centres", again, &[])), [0, 0, 1, 0]);
}

async fn files_that_are_none_are_refused(service: &TestService) {
    let desk = Desk::at(service);
    let endless = format!("ID,Name\n92000001,\"{}", "a,b\n".repeat(50_000));
    for (bytes, reason) in [
        (&b"PK\x03\x04\x00\x00"[..], "this workbook can't be read"),
        (
            b"\xff\xfeI\x00D\x00",
            "this is neither CSV nor an .xlsx workbook",
        ),
        (
            b"\x89\x00\x01\xfe\xff\x00garbage",
            "this is neither CSV nor an .xlsx workbook",
        ),
        (b"", "the header has no column national_id"),
        (
            b"Name,Phone\nA B,0711000001\n",
            "the header has no column national_id",
        ),
        (
            b"ID,Name,ID No\n1,A B,1\n",
            "the header has the column national_id twice",
        ),
        (endless.as_bytes(), "row 2 is longer than 64 KB"),
    ] {
        let said = desk.import("professionals", bytes, &[]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
        assert!(said.err.contains(reason), "{reason} in {}", said.err);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
    let missing = run(&mut desk
        .0
        .command(&["import", "centres", "/nowhere.csv", "--dry-run"]));
    assert!(missing.err.contains("/nowhere.csv: "), "{}", missing.err);
    let nobody = run(&mut desk.0.command(&["import", "centres", "/nowhere.csv"]));
    assert_eq!(nobody.code, Some(2));
}

async fn people_are_told_once_of_what_moves_them(service: &TestService) {
    // The command goes by the clock of the machine.
    service
        .clock
        .advance(SystemClock.now().since(service.clock.now()));
    let desk = Desk::at(service);
    let work = |centre, state| {
        format!(
            "ID,Centre,Exam,Year,Role,Report Date,From,To,Rate,Status\n\
             90000001,{centre},KCSE,2026,INV,2026-10-16 07:00,2026-10-19,2026-11-20,550,{state}\n\
             90000004,{centre},KCSE,2026,Invigilator,2026-10-16 07:00,2026-10-19,2026-11-20,550,{state}\n"
        )
    };
    let first = desk.takes("deployments", work("99208105", ""), &["--no-notices"]);
    assert_eq!(
        (sums(&first), first["told"].as_u64()),
        ([1, 0, 1, 0], Some(0))
    );
    service.phone(4).walk(&["1", "1"]).await;
    let link = link_in(&service.sms_of(&person(4), 1).await[0].text);
    assert_eq!(service.get(&link).await.status(), 200);
    let dry = desk.takes("deployments", work("99104012", ""), &["--dry-run"]);
    assert_eq!((sums(&dry), dry["told"].as_u64()), ([0, 2, 0, 0], Some(2)));
    let moved = desk.takes("deployments", work("99104012", ""), &[]);
    assert_eq!(
        (sums(&moved), moved["told"].as_u64()),
        ([0, 2, 0, 0], Some(2))
    );
    service.clock.advance(std::time::Duration::from_mins(1));
    let told = service.sms_of("254700000001", 1).await[0].text.clone();
    assert_eq!(
        told,
        "Change. KCSE 2026 Invigilator: 99104012 Mfano Junior School. Report 16 Oct 7:00am. Letter: *384*2026#"
    );
    // The link to the letter that no longer holds is closed.
    assert_eq!(service.get(&link).await.status(), 404);
    let again = desk.takes("deployments", work("99104012", ""), &[]);
    assert_eq!(
        (sums(&again), again["told"].as_u64()),
        ([0, 0, 2, 0], Some(0))
    );
    let off = desk.takes("deployments", work("99104012", "cancelled"), &[]);
    assert_eq!((sums(&off), off["told"].as_u64()), ([0, 2, 0, 0], Some(2)));
    service.clock.advance(std::time::Duration::from_mins(1));
    let told = service.sms_of("254700000001", 2).await;
    assert!(
        told.iter()
            .any(|sms| sms.text.starts_with("You are no longer Invigilator"))
    );
    let notices = "SELECT COUNT(*) FROM outbox WHERE cause LIKE 'import:%'";
    assert_eq!(service.count(notices).await, 4);
}

/// A file of so many people whom nobody knows.
fn crowd(rows: u64) -> String {
    let mut text = "ID,Name\n".to_owned();
    for number in 0..rows {
        writeln!(text, "{},Mtu Fulani", 93_000_000 + number).unwrap();
    }
    text
}

/// The places where the program lets the power go while it takes a file over
/// (`src/failpoints.rs`), and whether it was decided by then that the file is written.
const STEPS: [(&str, bool); 4] = [
    ("import.decides", false),
    ("import.decided", true),
    ("import.commits", true),
    ("import.committed", true),
];

async fn an_import_that_breaks_off_leaves_nothing_or_is_written_to_its_end(service: &TestService) {
    let desk = Desk::at(service);
    let before = service.count(PEOPLE).await;
    let (rows, file) = (2_500, desk.0.file("many.csv"));
    fs::write(&file, crowd(rows)).unwrap();
    let file = file.to_str().unwrap();
    let arguments = ["import", "professionals", file, "--by", "wanjiku"];
    let signed = "SELECT COUNT(*) FROM audit WHERE what = 'import.professionals'";
    for (done, (step, is_decided)) in (0..).zip(STEPS) {
        let mut command = desk.0.command(&arguments);
        let failpoint = format!("{step}=return");
        let mut import = Program::start(command.env("FAILPOINTS", failpoint));
        assert_eq!(import.end().signal(), Some(6), "{step}: {}", import.said());
        // Its process is silent, and what it held runs out.
        service.execute("UPDATE imports SET until = 0").await;
        if is_decided {
            service.count_comes_to(PEOPLE, before + 2_500).await;
            let over = "SELECT COUNT(*) FROM imports WHERE state = 'writing'";
            service.count_comes_to(over, 0).await;
        } else {
            assert_eq!(service.count(PEOPLE).await, before, "{step}");
        }
        assert_eq!(service.count(signed).await, done, "{step}");
        service
            .execute("DELETE FROM people WHERE name = 'Mtu Fulani'")
            .await;
    }
    // One that nobody decides about is given up the next day, and nothing of it is left.
    service.execute("UPDATE imports SET updated_at = 0").await;
    let parts = "SELECT COUNT(*) FROM import_parts";
    service.count_comes_to(parts, 0).await;
    assert_eq!(service.count(PEOPLE).await, before);
    let said = run(&mut desk.0.command(&arguments));
    assert!(
        said.out.ends_with("Written.\n"),
        "{} {}",
        said.out,
        said.err
    );
    assert_eq!(service.count(PEOPLE).await, before + 2_500);
}

/// While a file is written, others write in between: each part is a unit of work of its own.
async fn nobody_waits_for_a_file_that_is_written(service: &TestService) {
    let desk = Desk::at(service);
    let file = desk.0.file("many.csv");
    fs::write(&file, crowd(25_000)).unwrap();
    let arguments = [
        "import",
        "professionals",
        file.to_str().unwrap(),
        "--by",
        "wanjiku",
    ];
    let mut import = Program::start(&mut desk.0.command(&arguments));
    import.line_with("judging: ");
    let writing = "SELECT COUNT(*) FROM imports WHERE state = 'writing'";
    let written = "SELECT COUNT(*) FROM imports WHERE state = 'done'";
    let mut in_between = 0;
    while service.count(written).await == 0 {
        let began = service.count(writing).await;
        let screen = service.phone(1).walk(&["3"]).await;
        assert!(!screen.contains("busy"), "{screen}");
        in_between += began * service.count(writing).await;
    }
    assert!(import.end().success(), "{}", import.said());
    assert!(in_between > 0, "nobody came in between");
}

/// A workbook as spreadsheets save it, with these sheets.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relation = |id: usize, kind: &str, to: &str| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{office}/{kind}\" Target=\"{to}\"/>")
    };
    let relations =
        |all: String| format!("<Relationships xmlns=\"{package}\">{all}</Relationships>");
    part(
        "_rels/.rels",
        &relations(relation(1, "officeDocument", "xl/workbook.xml")),
    );
    let (mut listed, mut related) = (String::new(), relation(99, "styles", "styles.xml"));
    for (number, (name, rows)) in (1..).zip(sheets) {
        let file = format!("worksheets/sheet{number}.xml");
        write!(
            listed,
            "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"
        )
        .unwrap();
        related += &relation(number, "worksheet", &file);
        let sheet =
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        part(&format!("xl/{file}"), &sheet);
    }
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{listed}</sheets></workbook>"
    );
    part("xl/workbook.xml", &book);
    part("xl/_rels/workbook.xml.rels", &relations(related));
    // The second format is a day, the third a day with an hour.
    let styles = "<cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/></cellXfs>";
    part(
        "xl/styles.xml",
        &format!("<styleSheet xmlns=\"{main}\">{styles}</styleSheet>"),
    );
    archive.finish().unwrap().into_inner()
}

/// A row of cells: what stands between quotation marks is text, `d` and `t` make a day and a
/// day with an hour of a number.
fn row(number: usize, cells: &[&str]) -> String {
    let mut row = format!("<row r=\"{number}\">");
    for (letter, cell) in ('A'..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        let place = format!("{letter}{number}");
        let cell = match (
            cell.strip_prefix('\''),
            cell.strip_prefix('d'),
            cell.strip_prefix('t'),
        ) {
            (Some(text), ..) => {
                format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
            }
            (_, Some(serial), _) => format!("<c r=\"{place}\" s=\"1\"><v>{serial}</v></c>"),
            (_, _, Some(serial)) => format!("<c r=\"{place}\" s=\"2\"><v>{serial}</v></c>"),
            _ => format!("<c r=\"{place}\"><v>{cell}</v></c>"),
        };
        row += &cell;
    }
    row + "</row>"
}

async fn a_workbook_is_read_as_what_it_shows(service: &TestService) {
    let desk = Desk::at(service);
    let notes = row(1, &["'Nothing to import here"]);
    let people = [
        row(2, &["'ID No", "'Full Names", "'Mobile", "'Born"]),
        row(3, &["92000001", "'Wekesa Anne", "711000001", "1985"]),
        row(6, &["'92000002", "'Auma Joy", "'0711000002", ""]),
    ];
    let book = workbook(&[("Notes", &notes), ("Staff", &people.concat())]);
    let taken = desk.takes("professionals", &book, &[]);
    assert_eq!(sums(&taken), [2, 0, 0, 0]);
    let known = service.phone_of("254711000001").dial().await;
    assert!(known.starts_with("CON KNEC CP2"), "{known}");
    assert_eq!(
        sums(&desk.takes("professionals", &book, &["--sheet", "Staff"])),
        [0, 0, 2, 0]
    );
    for (sheet, reason) in [
        ("Notes", "the header has no column national_id"),
        ("Other", "no such sheet; it has Notes, Staff"),
    ] {
        let refused = desk.import("professionals", &book, &["--sheet", sheet]);
        assert!(refused.err.contains(reason), "{}", refused.err);
    }

    // Rows are counted as the spreadsheet counts them; what it spoilt is noticed.
    let spoilt = [
        row(1, &["'ID", "'Name", "'Phone"]),
        row(2, &["9.2000001E17", "'A Name", ""]),
        row(5, &["92000003", "'A Name", "d46311"]),
    ];
    let spoilt = workbook(&[("Sheet1", &spoilt.concat())]);
    assert_eq!(desk.import("professionals", &spoilt, &[]).code, Some(1));
    let rejected = desk.rejected("professionals");
    for reason in [
        "2,national_id,***+17,\"a spreadsheet has rounded",
        "5,phone,***-16,a spreadsheet has made a date",
    ] {
        assert!(rejected.contains(reason), "{reason} in {rejected}");
    }

    let work = [
        row(
            1,
            &[
                "'ID",
                "'Centre",
                "'Series",
                "'Role",
                "'Reports at",
                "'From",
                "'To",
                "'Rate",
            ],
        ),
        row(
            2,
            &[
                "92000001",
                "99208105",
                "'KCSE 2026",
                "'INV",
                "t46311.2916666667",
                "d46314",
                "d46346",
                "550",
            ],
        ),
    ];
    let work = workbook(&[("Sheet1", &work.concat())]);
    assert_eq!(
        sums(&desk.takes("deployments", &work, &["--no-notices"])),
        [1, 0, 0, 0]
    );
    let table = desk.export("deployments", &["--series", "KCSE 2026"]);
    let days = "92000001,99208105,KCSE 2026,INV,2026-10-16,07:00,2026-10-19,2026-11-20,550,posted";
    assert!(table.contains(days), "{table}");

    let mut broken = book;
    broken.truncate(1000);
    let refused = desk.import("professionals", &broken, &[]);
    assert!(
        refused.err.contains("this workbook can't be read"),
        "{}",
        refused.err
    );
}

async fn what_was_exported_changes_nothing_when_it_comes_back(service: &TestService) {
    let desk = Desk::at(service);
    desk.takes("professionals", THREE, &[]);
    for kind in ["centres", "professionals", "deployments"] {
        let table = desk.export(kind, &[]);
        let sum = desk.takes(kind, &table, &[]);
        let rows = u64::try_from(table.lines().count() - 1).unwrap();
        assert_eq!(sums(&sum), [0, 0, rows, 0], "{kind}");
        assert!(rows > 3);
    }
    let narrow = ["--series", "KJSEA 2026", "--centre", "99104012"];
    let roster = desk.export("roster", &[&narrow[..], &["--by", "wanjiku"]].concat());
    let signed = "SELECT COUNT(*) FROM audit WHERE what = 'export.roster' AND way = 'operator' \
                  AND actor = 'operator:wanjiku' AND detail = 'KJSEA 2026, 99104012'";
    assert_eq!(service.count(signed).await, 1);
    let by_shell = "SELECT COUNT(*) FROM audit WHERE what LIKE 'export.%' \
                    AND actor LIKE 'operator:_%' AND actor <> 'operator:wanjiku'";
    assert_eq!(service.count(by_shell).await, 3);
    assert!(
        roster
            .lines()
            .skip(1)
            .all(|row| row.starts_with("99104012,Mfano Junior School,"))
    );
    assert!(roster.contains("Cherono Faith Kiplagat,0700000005,90000005,posted,2026-10-23 07:00"));
    service
        .execute("UPDATE people SET town = '=cmd()' WHERE national_id = '90000004'")
        .await;
    assert!(desk.export("professionals", &[]).contains(",'=cmd(),"));
    service.phone(1).walk(&["3", "1"]).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let deliveries = desk.export("deliveries", &[]);
    assert!(
        deliveries.contains(",credential,at,0700000001,delivered,"),
        "{deliveries}"
    );
    service
        .phone(4)
        .walk(&["6", "2", "My town is Maragua", "1"])
        .await;
    assert!(
        desk.export("problems", &[])
            .contains(",wrong_details,open,0700000004,90000004,")
    );
    assert_eq!(desk.export("attendance", &[]).lines().count(), 1);
    let narrowed = run(&mut desk
        .0
        .command(&["export", "problems", "--centre", "99208105"]));
    assert_eq!(narrowed.code, Some(1));
}
