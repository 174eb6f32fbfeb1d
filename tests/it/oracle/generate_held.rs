//! Secrets, dedicated modules and stores of keys by chance; must not know a price.

use super::generate::{Taste, many, place};
use super::generate_lives::{When, carry_out, course};
use super::need::{Hsm, Keystore, Secret};
use super::random::Random;

const MODULES: [u64; 7] = [0, 1, 1, 2, 2, 3, 7];
const STORES: [u64; 10] = [0, 1, 1, 2, 5, 6, 15, 20, 21, 40];

pub(super) fn secret(random: &mut Random, taste: &Taste, when: When, index: u64) -> Secret {
    let mut course = course(random, when);
    carry_out(random, taste, when.zone, &mut course);
    let often = random.maybe(20, |random| random.pick(&[0, 1, 2, 3, 4, 30]));
    if often.is_some() {
        course.rotated.clear();
    }
    Secret {
        name: random.maybe(90, |_| format!("secret {index}")),
        count: if random.percent(40) { 1 } else { random.pick(taste.counts) },
        versions: if random.percent(60) { 1 } else { random.pick(taste.versions) },
        locations: if random.percent(70) { 1 } else { random.pick(&[1, 2, 3, 7]) },
        reads: if random.percent(30) { 0 } else { many(random, taste) },
        often,
        location: random.maybe(35, |random| place(random, taste)),
        course,
    }
}

pub(super) fn hsm(random: &mut Random, taste: &Taste) -> Hsm {
    let location = random.maybe(40, |random| place(random, taste));
    Hsm { count: random.pick(&MODULES), location }
}

pub(super) fn keystore(random: &mut Random, taste: &Taste) -> Keystore {
    let location = random.maybe(40, |random| place(random, taste));
    let protection = random.pick(&["hsm", "hsm", "external", "software"]);
    let protection = random.maybe(97, |_| protection);
    Keystore { count: random.pick(&STORES), protection, location }
}
