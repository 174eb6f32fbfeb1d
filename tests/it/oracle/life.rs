//! One key or secret over time, moment by moment: when it is billed, and how many versions it has.
//!
//! Must not know a price. A day is asked at its last second ("usage on day T is calculated at 24:00
//! on day T", R-04), or, as every begun step of time, at every moment at which something changes.

use super::civil::{DAY, HOUR, Period};
use super::need::{Account, Course, Deletion, Key, Secret, State};

/// Which moments of a day count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayRule {
    /// Its end.
    AtEnd,
    /// The fullest one.
    AnyPart,
}

/// What waiting for a deletion costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    /// Nothing, whatever follows.
    StaysFree,
    /// Nothing; if it is cancelled, as if it had never been scheduled (R-05b).
    ChargedBack,
    /// As ever, until the deletion is carried out.
    Charged,
    /// As ever for so many days, or until the deletion is carried out where that is stated.
    Lingers(i64),
    /// As ever for so many days, or until the deletion is carried out where that is sooner.
    LingersAtMost(i64),
}

/// Spans from and, where they end, to.
pub(super) type Spans = Vec<(i64, Option<i64>)>;

/// How time is charged.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) day: DayRule,
    pub(super) pending: Pending,
    /// When nothing is charged, whatever the key does.
    pub(super) suspended: Spans,
    /// When every key that was there was taken back.
    pub(super) reclaimed: Option<i64>,
    /// At most so many versions of one key count: 1 where keys do.
    pub(super) most: u128,
}

impl Rules {
    /// Begun steps of time, and nothing of an account.
    pub(super) fn of(pending: Pending, most: u128) -> Self {
        Self { day: DayRule::AnyPart, pending, suspended: Vec::new(), reclaimed: None, most }
    }
}

/// A deletion as moments.
struct Ended {
    scheduled: i64,
    restored: Option<i64>,
    destroyed: Option<i64>,
}

impl Ended {
    fn of(deletion: &Deletion, zone: i64) -> Self {
        Self {
            scheduled: deletion.scheduled.at(zone),
            restored: deletion.restored.as_ref().map(|date| date.at(zone)),
            destroyed: deletion.destroyed.as_ref().map(|date| date.at(zone)),
        }
    }

    /// When nothing is left.
    fn gone(&self, pending: Pending) -> Option<i64> {
        let over = match pending {
            Pending::Lingers(days) | Pending::LingersAtMost(days) => {
                Some(self.scheduled + days * DAY)
            }
            Pending::StaysFree | Pending::ChargedBack | Pending::Charged => None,
        };
        match (self.restored, self.destroyed, over, pending) {
            (Some(_), ..) => None,
            (None, Some(destroyed), Some(over), Pending::LingersAtMost(_)) => {
                Some(destroyed.min(over))
            }
            (None, destroyed, over, _) => destroyed.or(over),
        }
    }
}

/// A key or secret with every rotation that it undergoes.
pub(super) struct Life {
    versions: u128,
    /// Whether a rotation adds a version.
    grows: bool,
    created: Option<i64>,
    rotations: Vec<i64>,
    deletions: Vec<Ended>,
    /// Whether it waits for its deletion all the time.
    pending: bool,
}

fn within(at: i64, (from, to): (i64, Option<i64>)) -> bool {
    from <= at && to.is_none_or(|to| at < to)
}

impl Life {
    /// The life of a key until the end of a month; undated rotations count from the beginning of
    /// `origin`, the first month that is estimated. A rotation adds a version, older ones stay.
    pub(super) fn new(key: &Key, origin: Period, month: Period) -> Self {
        Self::of(&key.course, key.versions, origin, month)
    }

    /// The life of a secret, whose versions a rotation does not multiply.
    pub(super) fn of_secret(secret: &Secret, origin: Period, month: Period) -> Self {
        let life = Self::of(&secret.course, secret.versions, origin, month);
        Self { grows: false, ..life }
    }

    fn of(course: &Course, versions: u64, origin: Period, month: Period) -> Self {
        let zone = month.zone;
        let created = course.created.as_ref().map(|date| date.at(zone));
        let mut rotations: Vec<i64> = course.rotated.iter().map(|date| date.at(zone)).collect();
        if let Some(every) = course.rotate_every.filter(|_| course.state == State::Enabled) {
            let mut at = created.unwrap_or(origin.begins);
            at += every * DAY;
            while at < month.ends {
                if !is_pending(course, at, zone) {
                    rotations.push(at);
                }
                at += every * DAY;
            }
        }
        Self {
            versions: u128::from(versions),
            grows: true,
            created,
            rotations,
            deletions: course.deletions.iter().map(|one| Ended::of(one, zone)).collect(),
            pending: course.state == State::PendingDeletion,
        }
    }

    /// Versions of one key that exist, billed or not.
    pub(super) fn versions_at(&self, at: i64) -> u128 {
        if self.created.is_some_and(|created| at < created) {
            return 0;
        }
        let added = self.rotations.iter().filter(|rotation| **rotation <= at).count();
        self.versions + if self.grows { u128::try_from(added).unwrap() } else { 0 }
    }

    /// Versions of one key that are billed for a day, which begins at a moment.
    pub(super) fn versions_on(&self, day: i64, rules: &Rules) -> u128 {
        let (first, last) = (day, day + DAY - 1);
        if rules.day == DayRule::AtEnd {
            return self.billed_at(last, rules);
        }
        let changes = self.changes(rules).into_iter().filter(|at| first < *at && *at <= last);
        let moments = [first].into_iter().chain(changes);
        moments.map(|at| self.billed_at(at, rules)).max().unwrap_or(0)
    }

    /// The month cut where something changes: from, to, and versions of one key that are billed.
    pub(super) fn spans(&self, month: Period, rules: &Rules) -> Vec<(i64, i64, u128)> {
        let mut cuts = self.changes(rules);
        cuts.retain(|at| month.begins < *at && *at < month.ends);
        cuts.extend([month.begins, month.ends]);
        cuts.sort_unstable();
        cuts.dedup();
        let billed = |from: i64, to: i64| (from, to, self.billed_at(from, rules));
        cuts.windows(2).map(|cut| billed(cut[0], cut[1])).collect()
    }

    /// The most versions of one key that are billed at one time of a month.
    pub(super) fn most(&self, month: Period, rules: &Rules) -> u128 {
        self.spans(month, rules).into_iter().map(|(.., billed)| billed).max().unwrap_or(0)
    }

    /// The seconds of a month × versions, each begun step of so many seconds as its fullest moment;
    /// the last step may end with the month.
    pub(super) fn seconds(&self, month: Period, step: i64, rules: &Rules) -> u128 {
        let spans = self.spans(month, rules);
        if let [(.., billed)] = spans[..] {
            return billed * month.seconds();
        }
        let (mut sum, mut from, mut at) = (0, month.begins, 0);
        while from < month.ends {
            while spans[at].1 <= from {
                at += 1;
            }
            // whole steps of one span at once, or a step that touches several
            let (_, ends, billed) = spans[at];
            let steps = ((ends - from) / step).max(1);
            let to = (from + steps * step).min(month.ends);
            let here = spans[at..].iter().take_while(|(from, ..)| *from < to);
            let most = here.map(|(.., billed)| *billed).max().unwrap_or(billed);
            sum += most * u128::try_from(to - from).unwrap();
            from = to;
        }
        sum
    }

    /// Rotations in a month.
    pub(super) fn rotations(&self, month: Period) -> u128 {
        let within = |at: &&i64| month.begins <= **at && **at < month.ends;
        u128::try_from(self.rotations.iter().filter(within).count()).unwrap()
    }

    /// Deletions that are cancelled in a month.
    pub(super) fn restores(&self, month: Period) -> u128 {
        let restored = self.deletions.iter().filter_map(|ended| ended.restored);
        let within = |at: &i64| month.begins <= *at && *at < month.ends;
        u128::try_from(restored.filter(within).count()).unwrap()
    }

    fn changes(&self, rules: &Rules) -> Vec<i64> {
        let mut changes = self.rotations.clone();
        changes.extend(self.created);
        for ended in &self.deletions {
            changes.push(ended.scheduled);
            changes.extend(ended.restored);
            changes.extend(ended.gone(rules.pending));
        }
        changes.extend(rules.suspended.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten());
        changes.extend(rules.reclaimed);
        changes
    }

    fn billed_at(&self, at: i64, rules: &Rules) -> u128 {
        let suspended = rules.suspended.iter().any(|span| within(at, *span));
        let waits = |ended: &Ended| within(at, (ended.scheduled, ended.restored));
        let for_good = |ended: &Ended| ended.restored.is_none() && ended.scheduled <= at;
        let free = match rules.pending {
            Pending::StaysFree => self.pending || self.deletions.iter().any(waits),
            Pending::ChargedBack => self.pending || self.deletions.iter().any(for_good),
            Pending::Charged | Pending::Lingers(_) | Pending::LingersAtMost(_) => false,
        };
        let gone = |ended: &Ended| ended.gone(rules.pending).is_some_and(|gone| gone <= at);
        let before = |end: i64| self.created.is_none_or(|created| created < end);
        let reclaimed = rules.reclaimed.is_some_and(|end| end <= at && before(end));
        if suspended || reclaimed || free || self.deletions.iter().any(gone) {
            0
        } else {
            self.versions_at(at).min(rules.most)
        }
    }
}

/// Whether a key waits for its deletion.
fn is_pending(course: &Course, at: i64, zone: i64) -> bool {
    let span = |deletion: &Deletion| {
        let Ended { scheduled, restored, .. } = Ended::of(deletion, zone);
        (scheduled, restored)
    };
    course.state == State::PendingDeletion
        || course.deletions.iter().any(|deletion| within(at, span(deletion)))
}

// ------------------------------------------------------------------ dates that cannot be

/// Why the dates of a key or secret make no sense.
pub(super) fn impossible(course: &Course, origin: Period) -> Option<&'static str> {
    let zone = origin.zone;
    let dated =
        course.created.is_some() || !course.rotated.is_empty() || !course.deletions.is_empty();
    if dated && !origin.dated {
        return Some("dates need a month");
    }
    if let Some(why) = contradicts(course) {
        return Some(why);
    }
    let begins = course.created.as_ref().map_or(origin.begins, |date| date.at(zone));
    for rotated in &course.rotated {
        if rotated.at(zone) < begins {
            return Some("rotated before versions are counted");
        }
        if is_pending(course, rotated.at(zone), zone) {
            return Some("rotated while pending deletion");
        }
    }
    impossible_deletions(course, zone)
}

/// What makes no sense on any clock.
pub(super) fn contradicts(course: &Course) -> Option<&'static str> {
    let both = |one: &Deletion| one.restored.is_some() && one.destroyed.is_some();
    if course.state == State::PendingDeletion && !course.deletions.is_empty() {
        return Some("pending all the time, and a deletion");
    }
    course.deletions.iter().any(both).then_some("cancelled and carried out")
}

fn impossible_deletions(course: &Course, zone: i64) -> Option<&'static str> {
    let mut free_again = course.created.as_ref().map_or(i64::MIN, |date| date.at(zone));
    for deletion in &course.deletions {
        let Ended { scheduled, restored, destroyed } = Ended::of(deletion, zone);
        if scheduled < free_again {
            return Some("a deletion before the key could be deleted");
        }
        if destroyed.is_some_and(|destroyed| destroyed < scheduled) {
            return Some("destroyed before its deletion was scheduled");
        }
        free_again = restored.unwrap_or(i64::MAX);
        if free_again < scheduled {
            return Some("restored before its deletion was scheduled");
        }
    }
    None
}

// ------------------------------------------------------------------ suspension

/// "suspended 24 hours after your account becomes overdue" (002, page of 2023-01).
const SUSPENDED_AFTER: i64 = 24 * HOUR;
/// "released and repossessed by KMS 168 hours (7 days) after your account becomes overdue" (002, R-39).
const RECLAIMED_AFTER: i64 = 168 * HOUR;

/// When Tencent suspends an account: stated spans, and what follows from being overdue.
pub(super) fn suspension(account: &Account, origin: Period) -> Result<Spans, &'static str> {
    let on = |date: &super::need::Date| date.at(origin.zone);
    let at = |date: &Option<super::need::Date>| date.as_ref().map(on);
    if (!account.suspended.is_empty() || account.overdue_at.is_some()) && !origin.dated {
        return Err("the account's dates need a month");
    }
    let mut spans: Spans = account.suspended.iter().map(|(from, to)| (on(from), at(to))).collect();
    if spans.iter().any(|(from, to)| to.is_some_and(|to| to <= *from)) {
        return Err("a suspension ends before it begins");
    }
    match (at(&account.overdue_at), at(&account.paid_at)) {
        (None, None) => {}
        (None, Some(_)) => return Err("paid, but never overdue"),
        (Some(overdue), Some(paid)) if paid < overdue => return Err("paid before it was overdue"),
        (Some(overdue), Some(paid)) if paid <= overdue + SUSPENDED_AFTER => {}
        (Some(overdue), paid) => spans.push((overdue + SUSPENDED_AFTER, paid)),
    }
    Ok(spans)
}

/// "released and repossessed by KMS 168 hours (7 days) after your account becomes overdue": what
/// was there is gone, whatever is paid afterwards.
pub(super) fn reclaimed(account: &Account, zone: i64) -> Option<i64> {
    let end = account.overdue_at.as_ref()?.at(zone) + RECLAIMED_AFTER;
    let paid = account.paid_at.as_ref().map(|date| date.at(zone));
    paid.is_none_or(|paid| end <= paid).then_some(end)
}

/// Whether the service is suspended through all of some time.
pub(super) fn all_through(spans: &Spans, month: Period) -> bool {
    let mut at = month.begins;
    while at < month.ends {
        match spans
            .iter()
            .filter(|span| within(at, **span))
            .map(|(_, to)| *to)
            .max_by_key(|to| to.unwrap_or(i64::MAX))
        {
            None => return false,
            Some(to) => at = to.unwrap_or(month.ends),
        }
    }
    true
}

#[test]
fn a_life_is_counted_by_its_moments() {
    let date =
        |hour: i64| super::need::Date { shown: hour * HOUR, offset: None, text: String::new() };
    let deletion = |scheduled, restored: Option<i64>| Deletion {
        scheduled: date(scheduled),
        restored: restored.map(date),
        destroyed: None,
    };
    // a month of ten days: created at 12:00 of the first, rotated after 48 hours, deleted for a day
    // after 100 hours and for good after 200
    let course = Course {
        created: Some(date(12)),
        rotated: vec![date(60)],
        deletions: vec![deletion(100, Some(124)), deletion(200, None)],
        ..Course::default()
    };
    let month = Period { begins: 0, ends: 10 * DAY, zone: 0, dated: true };
    let life = Life::of(&course, 1, month, month);
    let hours = |pending, step| {
        life.seconds(month, step, &Rules::of(pending, u128::MAX)) / u128::try_from(HOUR).unwrap()
    };
    assert_eq!(hours(Pending::StaysFree, HOUR), 48 + 2 * (40 + 76));
    assert_eq!(hours(Pending::ChargedBack, HOUR), 48 + 2 * 140);
    assert_eq!(hours(Pending::Charged, 1), 48 + 2 * 180);
    assert_eq!(hours(Pending::Lingers(1), HOUR), 48 + 2 * 164);
    // begun days: two with one version, from the third on two; the sixth is begun before and after
    // the free day, the ninth before the last deletion
    assert_eq!(hours(Pending::StaysFree, DAY), 24 * (2 + 7 * 2));
    assert_eq!(life.most(month, &Rules::of(Pending::StaysFree, 1)), 1);
    assert_eq!((life.rotations(month), life.restores(month)), (1, 1));
}
