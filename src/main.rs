//! try
use kms_cost::estimate::{Grounds, NoEstimate, estimate};
use kms_cost::pricebook::catalog::{Catalog, PlanName};
use std::sync::Arc;
fn main() {
    let catalog = Catalog::open(None)
        .map_err(|e| match e {
            kms_cost::pricebook::catalog::NoCatalog::Wrong(p) => {
                println!("{}", kms_cost::diagnostic::render(&p, false, "x"))
            }
            e => println!("{e:?}"),
        })
        .unwrap();
    let src = Arc::new(
        kms_cost::source::Source::read(std::path::Path::new(&std::env::args().nth(1).unwrap()))
            .unwrap(),
    );
    let (scenario, problems) = kms_cost::scenario::scenario(&src, catalog.vocabulary());
    let Some(scenario) = scenario else {
        print!("{}", kms_cost::diagnostic::render(&problems, false, ""));
        return;
    };
    let plan = std::env::args().nth(2).unwrap();
    let book = match catalog.select(&PlanName::parse(&plan).unwrap(), None) {
        Ok(b) => b,
        Err(kms_cost::pricebook::catalog::NotSelected::Wrong(p)) => {
            print!("{}", kms_cost::diagnostic::render(&p, false, ""));
            return;
        }
        Err(e) => panic!("{e:?}"),
    };
    match estimate(
        &scenario,
        book,
        Grounds { vocabulary: catalog.vocabulary(), home: None, month: None, months: None },
        problems,
    ) {
        Ok(e) => {
            for l in e.bill.lines() {
                println!(
                    "{} {} {:?} {:?} {}",
                    l.id,
                    l.quantity.digits(),
                    l.unit_price,
                    l.per,
                    l.amount.map_or("np".into(), |a| a.digits())
                );
            }
            println!("{}", e.bill.total().digits());
            for (r, f) in e.readings() {
                println!("{} {} {:?}", r.id, f.moved.digits(), f.other_total.map(|x| x.digits()));
            }
        }
        Err(NoEstimate::Problems(p)) => {
            print!("{}", kms_cost::diagnostic::render(&p, false, "nothing was estimated"))
        }
        Err(e) => println!("{e:?}"),
    }
}
