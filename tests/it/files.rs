//! Files at the console: uploaded, judged, decided, written; tables taken out.

use reqwest::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::service::happens;
use crate::harness::{Database, Surfer, with_each_database};
use crate::staff::{at_the_console, leads_to, with_staff};

with_each_database!(
    a_file_is_uploaded_judged_and_written_when_somebody_says_so,
    what_is_no_file_of_ours_is_refused_and_says_why,
    a_table_is_taken_out_and_stands_in_the_audit_log,
);

const PEOPLE: &str = "SELECT COUNT(*) FROM people";

async fn shown(surfer: &mut Surfer<'_>, path: &str) -> String {
    let page = surfer.get(path).await;
    assert_eq!(page.status(), 200, "{path}");
    page.text().await.unwrap()
}

/// The page of an import once it says so.
async fn comes_to(surfer: &mut Surfer<'_>, path: &str, words: &str) -> String {
    let mut last = String::new();
    let came = happens(async || {
        last = shown(surfer, path).await;
        last.contains(words)
    });
    assert!(came.await, "{words} in {last}");
    last
}

async fn decides(surfer: &mut Surfer<'_>, path: &str, decision: &str) -> String {
    let form = [("decision", decision)];
    let answer = surfer.post(&format!("{path}/decide"), &form).await;
    let (_, word) = leads_to(&answer).split_once("?said=").unwrap();
    word.to_owned()
}

async fn a_file_is_uploaded_judged_and_written_when_somebody_says_so(database: Database) {
    let service = with_staff(database, |_| {}).await;
    let mut data = at_the_console(&service, "data").await;
    let before = service.count(PEOPLE).await;
    let mut text = "ID,Name,Phone\n92000001,Wekesa Anne,0711000001\n".to_owned();
    text += "9.2E+07,Auma Joy,0711000002\n92000003,Kiptoo Sam,07110000031\n";
    // More than any other form may be.
    text += &"92000004,Otieno Paul,0711000004\n".repeat(1_000);
    let kind = [("kind", "professionals"), ("sheet", "")];
    let file = ("../staff <1>.csv", text.as_bytes());
    let answer = data.upload("/operator/imports/file", &kind, file).await;
    let path = page_of(&answer);
    let page = comes_to(&mut data, &path, "<h2>judged").await;
    for said in [
        "staff &#60;1&#62;.csv",
        "by operator:data",
        "***+07",
        "***031",
        "Write the good rows",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(!page.contains("07110000031"), "{page}");
    assert_eq!(service.count(PEOPLE).await, before);
    let table = shown(&mut data, &format!("{path}/rejected.csv")).await;
    assert!(
        table.starts_with("row,column,value,reason\n3,national_id,***+07,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 1 + 2 + 999);

    // As a whole it can't be written, and what was written is written once.
    assert_eq!(decides(&mut data, &path, "whole").await, "not_waiting");
    assert_eq!(decides(&mut data, &path, "good").await, "done");
    let page = comes_to(&mut data, &path, "<h2>done").await;
    assert!(page.contains("decided by operator:data"), "{page}");
    assert_eq!(decides(&mut data, &path, "good").await, "not_waiting");
    assert_eq!(service.count(PEOPLE).await, before + 2);
    let signed = "SELECT COUNT(*) FROM audit WHERE what = 'import.professionals' \
                  AND actor = 'operator:data'";
    assert_eq!(service.count(signed).await, 1);

    // Once more, nothing would change, and it is given up.
    let good = "ID,Name,Phone\n92000001,Wekesa Anne,0711000001\n92000009,Mutua Ben,\n";
    let answer = data
        .upload("/operator/imports/file", &kind, ("b.csv", good.as_bytes()))
        .await;
    let path = page_of(&answer);
    comes_to(&mut data, &path, "Write all of it").await;
    assert_eq!(decides(&mut data, &path, "nothing").await, "done");
    service
        .count_comes_to("SELECT COUNT(*) FROM import_parts", 0)
        .await;
    assert_eq!(service.count(PEOPLE).await, before + 2);
    service.stop().await;
}

/// Where an upload leads to: its page, which is watched until the file is judged.
fn page_of(answer: &Response) -> String {
    let path = leads_to(answer).strip_suffix("?watching=1");
    path.expect("the page is watched").to_owned()
}

async fn what_is_no_file_of_ours_is_refused_and_says_why(database: Database) {
    let service = with_staff(database, |config| config.operator.largest_upload_mb = 1).await;
    let mut data = at_the_console(&service, "data").await;
    let kind = [("kind", "centres")];
    for (bytes, status, reason) in [
        (
            &b"Name,Phone\n"[..],
            422,
            "the header has no column centre_code",
        ),
        (
            b"PK\x03\x04 no workbook",
            422,
            "this workbook can&#39;t be read",
        ),
    ] {
        let answer = data
            .upload("/operator/imports/file", &kind, ("a.csv", bytes))
            .await;
        assert_eq!(answer.status(), status, "{reason}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(reason), "{reason} in {page}");
    }
    // What says that it is larger than allowed is not even read.
    let head = format!(
        "POST /operator/imports/file HTTP/1.1\r\nhost: cp2\r\ncookie: {}\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n\r\n",
        data.cookies(),
        (1 << 20) + 1,
    );
    let address = service.base.strip_prefix("http://").unwrap();
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(head.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    client.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 413");
    let unknown = [("kind", "pupils")];
    let answer = data
        .upload("/operator/imports/file", &unknown, ("a.csv", b"ID\n"))
        .await;
    assert_eq!(answer.status(), 400);
    // Other forms stay small.
    let large = "a".repeat(20_000);
    let answer = data.post("/operator/people", &[("number", &large)]).await;
    assert_eq!(answer.status(), 413);
    assert_eq!(service.count("SELECT COUNT(*) FROM imports").await, 0);
    service.stop().await;
}

async fn a_table_is_taken_out_and_stands_in_the_audit_log(database: Database) {
    let service = with_staff(database, |_| {}).await;
    let mut data = at_the_console(&service, "data").await;
    let list = shown(&mut data, "/operator/exports").await;
    for name in ["roster", "attendance", "deliveries", "problems"] {
        assert!(
            list.contains(&format!("/operator/exports/{name}.csv")),
            "{name} in {list}"
        );
    }
    service
        .execute("UPDATE people SET name = '=cmd()' WHERE national_id = '90000001'")
        .await;
    let whole = shown(&mut data, "/operator/exports/roster.csv").await;
    assert!(
        whole.contains(",'=cmd(),0700000001,90000001,posted,"),
        "{whole}"
    );
    let narrow = "/operator/exports/roster.csv?series=KJSEA+2026&centre=99104012";
    let narrow = shown(&mut data, narrow).await;
    assert!(
        narrow.lines().count() > 1 && narrow.len() < whole.len(),
        "{narrow}"
    );
    let mut rows = narrow.lines().skip(1);
    assert!(rows.all(|row| row.starts_with("99104012,")), "{narrow}");

    // Two days present of which one is signed off pay one day.
    service
        .execute(
            "INSERT INTO attendance SELECT d.id, day, 1, 'x', 0 FROM deployments d, \
             (SELECT '2026-10-19' AS day UNION SELECT '2026-10-20') days WHERE d.person_id = \
             (SELECT id FROM people WHERE national_id = '90000002')",
        )
        .await;
    service
        .execute(
            "INSERT INTO attendance_days SELECT d.centre_code, d.exam, d.year, '2026-10-19', 'x', 0 \
             FROM deployments d WHERE d.person_id = \
             (SELECT id FROM people WHERE national_id = '90000002')",
        )
        .await;
    let paid = shown(&mut data, "/operator/exports/attendance.csv").await;
    let row = paid.lines().nth(1).unwrap();
    let rate = row.split(',').nth(6).unwrap();
    assert!(
        row.ends_with(&format!(",0700000002,{rate},2,1,0,{rate}")),
        "{paid}"
    );

    for wrong in ["roster", "people.csv", "pins.csv"] {
        let answer = data.get(&format!("/operator/exports/{wrong}")).await;
        assert_eq!(answer.status(), 404, "{wrong}");
    }
    let taken = "SELECT COUNT(*) FROM audit WHERE what = 'export.roster' \
                 AND actor = 'operator:data'";
    assert_eq!(service.count(taken).await, 2);
    service.stop().await;
}
