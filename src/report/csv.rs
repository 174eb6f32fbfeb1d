//! A calendar as CSV: a row for each event, each payment and each month of the spread estimate.
//!
//! The first column says which; amounts of different rows are not meant to be added unless their
//! `kind` is the same. A text cell that a spreadsheet would run as a formula gets a leading `'`:
//! a subject `=1+1` is written `'=1+1`. An amount that no page publishes is an empty cell.

use super::stamp::stamp;
use crate::fraction::Fraction;
use crate::lifecycle::Calendar;

/// The columns.
const COLUMNS: [&str; 9] =
    ["record", "at", "kind", "subject", "text", "amount", "fraction", "currency", "from"];

/// Writes the calendar; lines end in CR LF.
///
/// # Errors
/// Those of the CSV writer.
pub fn calendar(calendar: &Calendar) -> Result<String, csv::Error> {
    let mut writer = writer();
    writer.write_record(COLUMNS)?;
    for event in &calendar.events {
        let at = stamp(event.at, calendar.clock);
        let (subject, words) = (cell(&event.subject), cell(&event.text));
        let kind = event.kind.as_str();
        writer.write_record(["event", &at, kind, &subject, &words, "", "", "", ""])?;
    }
    for cash in &calendar.cash {
        let [amount, fraction] = amount(cash.amount);
        writer.write_record([
            "cash",
            &cash.on.to_string(),
            cash.nature.as_str(),
            &cell(&cash.subject),
            if cash.amount.is_none() { "not published" } else { "" },
            &amount,
            &fraction,
            &cell(&calendar.currency),
            &cell(cash.from.as_deref().unwrap_or("")),
        ])?;
    }
    for (month, share) in &calendar.spread {
        let [amount, fraction] = amount(Some(*share));
        let (month, currency) = (month.to_string(), cell(&calendar.currency));
        writer.write_record([
            "spread", &month, "estimate", "", "", &amount, &fraction, &currency, "",
        ])?;
    }
    finished(writer)
}

/// Rows below their columns; lines end in CR LF.
pub(super) fn written(
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<String, csv::Error> {
    let mut writer = writer();
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row)?;
    }
    finished(writer)
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = writer.into_inner().map_err(|why| csv::Error::from(why.into_error()))?;
    String::from_utf8(bytes)
        .map_err(|why| csv::Error::from(std::io::Error::new(std::io::ErrorKind::InvalidData, why)))
}

/// The digits, and the exact ratio where no finite decimal holds it.
pub(super) fn amount(amount: Option<Fraction>) -> [String; 2] {
    [
        number(amount),
        amount.and_then(Fraction::ratio).map_or_else(String::new, |ratio| cell(&ratio)),
    ]
}

/// The digits; an empty cell where no page publishes the amount.
pub(super) fn number(amount: Option<Fraction>) -> String {
    amount.map_or_else(String::new, Fraction::digits)
}

/// A text that no spreadsheet takes for a formula.
pub(super) fn cell(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("{}{text}", if runs { "'" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::lifecycle::{Cash, Nature};

    fn rows(calendar: &Calendar) -> Vec<Vec<String>> {
        let text = super::calendar(calendar).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn rows_say_what_they_are() {
        let rows = rows(&sample::calendar());
        assert_eq!(rows.len(), 10 + 5 + 2);
        assert_eq!(
            rows[0][..5],
            ["event", "2026-01-10T10:00:00+08:00", "purchase", "prod-kms", "bought for 1 month"]
        );
        assert_eq!(
            rows[13],
            ["cash", "2026-02-10", "voucher", "prod-kms", "", "369.5", "", "USD", "voucher A"]
        );
        assert_eq!(rows[14][4..6], ["not published", ""]);
        assert_eq!(rows[15][..6], ["spread", "2026-01", "estimate", "", "", "500"]);
    }

    #[test]
    fn no_cell_is_a_formula() {
        for lead in ['=', '+', '-', '@', '\t', '\r'] {
            let mut calendar = sample::calendar();
            let cell = format!("{lead}1+1, \"a\"\r\nb");
            calendar.events[0].subject.clone_from(&cell);
            calendar.events[0].text.clone_from(&cell);
            calendar.cash[0].subject.clone_from(&cell);
            calendar.cash[0].from = Some(cell.clone());
            let rows = rows(&calendar);
            for found in [&rows[0][3], &rows[0][4], &rows[10][3], &rows[10][8]] {
                assert_eq!(*found, format!("'{cell}"));
            }
        }
        assert_eq!(cell("prod-kms"), "prod-kms");
    }

    #[test]
    fn an_endless_amount_keeps_its_ratio() {
        let third = Fraction::from(1).over(3).unwrap();
        let mut calendar = sample::calendar();
        calendar.cash = vec![Cash {
            amount: Some(third),
            nature: Nature::Settlement,
            ..calendar.cash[0].clone()
        }];
        let rows = rows(&calendar);
        assert_eq!(rows[10][5..7], ["0.333333333333", "1/3"]);
    }
}
