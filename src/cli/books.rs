//! `kms-cost books`: the price books there are, and one of them as its page reads.

use std::fmt::Write as _;
use std::io::Write;
use std::rc::Rc;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::check::CheckArgs;
use super::input;
use super::output::Format;
use super::{Common, Exit, Failure};
use crate::catalog::{PlanName, checksum};
use crate::decimal;
use crate::month::length_of;
use crate::pricebook::{Book, Charge, Each, Meter, Over, PoolOf, Price, Prices, Tier, TimeUnit};
use crate::report::json::SourceJson;
use crate::report::table::{Dress, Sheet, Side, Tone, hanging};
use crate::report::text::plan_name;
use crate::vocabulary::Vocabulary;

// The `books` commands.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum BooksCommand {
    /// Every price book: currency, from when, from where.
    List(ListArgs),
    /// One price book, as its page reads.
    Show(ShowArgs),
    /// What is wrong or doubtful in price books.
    Check(CheckArgs),
}

// Arguments of `books list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    common: Common,
}

// Arguments of `books show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The book: provider/plan@edition; the newest edition where none is named
    #[arg(value_name = "BOOK", value_parser = super::plan)]
    book: PlanName,
    #[command(flatten)]
    common: Common,
}

impl BooksCommand {
    pub(super) fn common(&self) -> &Common {
        match self {
            Self::List(args) => &args.common,
            Self::Show(args) => &args.common,
            Self::Check(args) => &args.common,
        }
    }

    pub(super) fn common_mut(&mut self) -> &mut Common {
        match self {
            Self::List(args) => &mut args.common,
            Self::Show(args) => &mut args.common,
            Self::Check(args) => &mut args.common,
        }
    }

    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let common = self.common();
        let catalog = input::catalog(common.pricing())?;
        let books = match self {
            Self::List(_) => {
                let books = catalog.ids().map(|id| catalog.load(id).map_err(input::wrong));
                books.collect::<Result<Vec<_>, _>>()?
            }
            Self::Show(args) => vec![catalog.select(&args.book, None)?],
            Self::Check(args) => return args.run(catalog, out),
        };
        common.write(out, &[Format::Table, Format::Json], |format, dress, out| {
            let text = match (format, self, books.as_slice()) {
                (Format::Json, ..) => to_json(&books)?,
                (_, Self::Show(_), [book]) => show(book, catalog.vocabulary(), dress),
                _ => list(&books, dress),
            };
            Ok(out.write_all(text.as_bytes())?)
        })?;
        Ok(Exit::Done)
    }
}

fn list(books: &[Rc<Book>], dress: Dress) -> String {
    let columns = ["", "In", "From", "Until", "Prices"];
    let mut sheet = Sheet {
        columns: columns.iter().map(|name| ((*name).to_owned(), Side::Left)).collect(),
        rows: Vec::new(),
    };
    for book in books {
        let until =
            book.effective.until.map_or_else(|| "in force".to_owned(), |until| until.to_string());
        let cells = vec![
            book.id.to_string(),
            book.currency.clone(),
            book.effective.from.to_string(),
            until,
            book.weakest_mark().as_str().to_owned(),
        ];
        sheet.rows.push((Tone::Plain, cells));
    }
    sheet.draw(dress)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    books: Vec<BookJson<'a>>,
}

#[derive(Serialize)]
struct BookJson<'a> {
    id: String,
    provider: &'a str,
    plan: &'a str,
    edition: &'a str,
    service: &'a str,
    currency: &'a str,
    from: String,
    until: Option<String>,
    provenance: &'static str,
    sha256: String,
    sources: Vec<SourceJson<'a>>,
}

fn to_json(books: &[Rc<Book>]) -> Result<String, Failure> {
    let books = books.iter().map(|book| book_json(book)).collect();
    super::to_json(&Document { schema: "kms-cost/books/1", books })
}

fn book_json(book: &Book) -> BookJson<'_> {
    BookJson {
        id: book.id.to_string(),
        provider: &book.id.provider,
        plan: &book.id.plan,
        edition: &book.id.edition,
        service: &book.service,
        currency: &book.currency,
        from: book.effective.from.to_string(),
        until: book.effective.until.map(|until| until.to_string()),
        provenance: book.weakest_mark().as_str(),
        sha256: checksum(&book.file),
        sources: book.sources.iter().map(SourceJson::from).collect(),
    }
}

// ------------------------------------------------------------------ one book

fn show(book: &Book, vocabulary: &Vocabulary, dress: Dress) -> String {
    let mut text = format!("{}\n", dress.bold(&plan_name(book)));
    let until = book
        .effective
        .until
        .map_or_else(|| "in force".to_owned(), |until| format!("until {until}"));
    let facts = format!(
        "{} · from {}, {until} · times are UTC{} · without a named month, {}",
        book.currency,
        book.effective.from,
        book.clock.offset,
        length_of(book.clock.standard_hours)
    );
    text.push_str(&hanging("", &facts, dress.width));
    for source in &book.sources {
        text.push_str(&hanging(
            "source: ",
            &format!(
                "{}, {} ({}), {}",
                source.title,
                source.dated,
                source.mark.label(),
                source.address
            ),
            dress.width,
        ));
    }
    text.push('\n');
    text.push_str(&prices(book, vocabulary, dress));
    for allowance in &book.allowances {
        let covers: Vec<&str> = allowance
            .covers
            .iter()
            .filter_map(|at| book.meters.get(*at))
            .map(|meter| &*meter.label)
            .collect();
        let each = if allowance.each == Each::Month { "a month" } else { "once" };
        let each = match (allowance.pool.of, allowance.pool.by_region) {
            (PoolOf::Key, _) => format!("{each} for each key"),
            (_, true) => format!("{each} in each region"),
            (_, false) => each.to_owned(),
        };
        text.push_str(&hanging(
            "free: ",
            &format!(
                "{} {each} of {} ({})",
                decimal::grouped(allowance.quantity.into()),
                covers.join(", "),
                allowance.label
            ),
            dress.width,
        ));
    }
    for (noun, reason) in &book.not_charged {
        text.push_str(&hanging(
            "not charged: ",
            &format!("{}: {reason}", vocabulary.unit(noun.as_str()).many),
            dress.width,
        ));
    }
    text.push_str(&classes(book, dress));
    let _ = writeln!(text, "\n{}", dress.bold("What the page leaves open"));
    let width = book.readings.iter().map(|reading| reading.id.len()).max().unwrap_or(0);
    for reading in &book.readings {
        let kind = if reading.documented { "" } else { "; not documented" };
        text.push_str(&hanging(
            &format!("  {:<width$}  ", reading.id),
            &format!("{}{kind}", reading.text),
            dress.width,
        ));
    }
    text
}

fn prices(book: &Book, vocabulary: &Vocabulary, dress: Dress) -> String {
    let columns =
        [("", Side::Left), ("Applies to", Side::Left), ("Price", Side::Right), ("For", Side::Left)];
    let mut sheet = Sheet {
        columns: columns.iter().map(|(name, side)| ((*name).to_owned(), *side)).collect(),
        rows: Vec::new(),
    };
    for (at, item) in book.items.iter().enumerate() {
        sheet.rows.push((
            Tone::Head,
            vec![item.label.clone(), String::new(), String::new(), String::new()],
        ));
        for meter in book.meters.iter().filter(|meter| meter.item == at) {
            sheet.rows.extend(meter_rows(book, meter, vocabulary));
        }
    }
    sheet.draw(dress)
}

fn meter_rows(book: &Book, meter: &Meter, vocabulary: &Vocabulary) -> Vec<(Tone, Vec<String>)> {
    let per = per(meter, vocabulary);
    let row = |name: &str, applies: String, price: Price| {
        (Tone::Plain, vec![format!("  {name}"), applies, written(price), per.clone()])
    };
    let mut rows: Vec<(Tone, Vec<String>)> = match &meter.charge {
        Charge::Flat(Prices::One(price)) => vec![row(&meter.label, String::new(), *price)],
        Charge::Flat(Prices::By(axis, by_class)) => by_class
            .iter()
            .enumerate()
            .map(|(at, (class, price))| {
                let class = book
                    .axes
                    .get(*axis)
                    .and_then(|axis| axis.classes.get(*class))
                    .map_or("", |class| class.name.as_str());
                row(if at == 0 { &meter.label } else { "" }, class.to_owned(), *price)
            })
            .collect(),
        Charge::Tiers(tiers) | Charge::Volume(tiers) | Charge::Levels(tiers) => {
            let mut above = 0;
            let mut rows = Vec::new();
            for (at, tier) in tiers.iter().enumerate() {
                rows.push(row(
                    if at == 0 { &meter.label } else { "" },
                    range(above, tier),
                    tier.price,
                ));
                above = tier.up_to.unwrap_or(above);
            }
            rows
        }
    };
    let mut limits = Vec::new();
    if meter.included > 0 {
        limits.push(format!("{} included", decimal::grouped(meter.included.into())));
    }
    if let Some(most) = meter.most {
        limits.push(format!("at most {}", decimal::grouped(most.into())));
    }
    if meter.minimum > 0 {
        limits.push(format!("at least {}", decimal::grouped(meter.minimum.into())));
    }
    if let Some(most) = meter.at_most_per_key {
        limits.push(format!("of one key at most {} versions", decimal::grouped(most.into())));
    }
    if let Some(most) = meter.at_most {
        limits.push(format!("charged for at most {}", decimal::grouped(most.into())));
    }
    if matches!(meter.charge, Charge::Volume(_)) {
        limits.push("all at the price of the tier that is reached".to_owned());
    }
    if let Some(limit) = meter.warn_over {
        limits.push(format!("more than {} on request", decimal::grouped(limit.into())));
    }
    if let Some(factor) = &meter.times {
        let factors = factor.by_class.iter().filter_map(|(class, factor)| {
            let name = &book.axes.get(factor_axis(meter)?)?.classes.get(*class)?.name;
            Some(format!("{name} × {}", decimal::grouped(*factor)))
        });
        limits.push(factors.collect::<Vec<_>>().join(", "));
    }
    if !limits.is_empty() {
        rows.push((
            Tone::Faint,
            vec![format!("    {}", limits.join("; ")), String::new(), String::new(), String::new()],
        ));
    }
    rows
}

fn factor_axis(meter: &Meter) -> Option<usize> {
    meter.times.as_ref().map(|factor| factor.axis)
}

fn range(above: u64, tier: &Tier) -> String {
    match (above, tier.up_to) {
        (0, Some(up_to)) => format!("up to {}", decimal::grouped(up_to.into())),
        (above, Some(up_to)) if above.saturating_add(1) == up_to => decimal::grouped(up_to.into()),
        (above, Some(up_to)) => format!(
            "{} to {}",
            decimal::grouped(above.saturating_add(1).into()),
            decimal::grouped(up_to.into())
        ),
        (0, None) => String::new(),
        (above, None) => format!("above {}", decimal::grouped(above.into())),
    }
}

fn written(price: Price) -> String {
    match price {
        Price::Unpublished => "not published".to_owned(),
        Price::Published(price) if price.is_zero() => "free".to_owned(),
        Price::Published(price) => decimal::grouped(price),
    }
}

fn per(meter: &Meter, vocabulary: &Vocabulary) -> String {
    let noun = match meter.counts.as_slice() {
        [noun] => vocabulary.unit(noun.as_str()),
        _ => vocabulary.unit("access-unit"),
    };
    let over = match meter.over {
        Over::Sum => "",
        Over::MonthLargest | Over::MonthWhole => " a month",
        Over::Timed(timed) => match timed.unit {
            TimeUnit::Hour => " an hour",
            TimeUnit::Day => " a day",
            TimeUnit::OwnMonth | TimeUnit::StandardMonth => " a month",
        },
    };
    let levels = matches!(meter.charge, Charge::Levels(_));
    match meter.per {
        _ if levels => format!("the level{over}"),
        1 => format!("{}{over}", noun.one),
        per => format!("{} {}{over}", decimal::grouped(per.into()), noun.many),
    }
}

fn classes(book: &Book, dress: Dress) -> String {
    let regions: Vec<String> =
        book.regions.iter().map(|(id, region)| format!("{id} ({})", region.place)).collect();
    if regions.is_empty() {
        String::new()
    } else {
        hanging("regions: ", &regions.join(", "), dress.width)
    }
}
