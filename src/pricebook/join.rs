//! Two books of one provider as one: a plan and the plan that serves what it does not.
//!
//! What the second book counts for the first goes behind the first's parts. Its region groups take its plan's name, so that
//! both books keep their own classes, and each book's meters take only the regions of that book.
//! Nothing is counted or multiplied.

use super::{Axis, Book, Change, Charge, Class, Joined, Meter, Noun, Prices, Reading, Selector};

impl Book {
    /// This book, and of another what counts these nouns, as one.
    ///
    /// # Errors
    /// Why they cannot be rated together: another currency, or another clock.
    pub fn join(mut self, other: Self, nouns: &[Noun]) -> Result<Self, String> {
        if self.currency != other.currency || self.clock != other.clock {
            return Err(format!(
                "`{}` and `{}` have another currency or clock and make no one bill",
                self.id, other.id
            ));
        }
        let other = other.restricted(nouns).shifted(&self);
        let bounds = [self.region_axis("regions"), other.region_axis(&other.id.plan)];
        self.joined.push(Joined {
            id: other.id.clone(),
            service: other.service.clone(),
            file: std::sync::Arc::clone(&other.file),
            first_item: self.items.len(),
            first_meter: self.meters.len(),
        });
        let own = self.meters.len();
        for (id, region) in other.regions {
            let known = self.regions.entry(id).or_insert_with(|| super::Region {
                place: region.place.clone(),
                groups: Vec::new(),
            });
            known.groups.extend(region.groups);
        }
        self.sources.extend(other.sources);
        self.items.extend(other.items);
        self.axes.extend(other.axes);
        self.meters.extend(other.meters);
        self.allowances.extend(other.allowances);
        self.readings.extend(other.readings);
        for (noun, reason) in other.not_charged {
            self.not_charged.entry(noun).or_insert(reason);
        }
        let first = self.axes.len();
        self.axes.extend(bounds);
        for (at, meter) in self.meters.iter_mut().enumerate() {
            let bound = first.saturating_add(usize::from(at >= own));
            meter.takes.push((bound, vec![0]));
        }
        Ok(self)
    }

    /// The book that a meter is of: this one, or one of those that are joined to it.
    #[must_use]
    pub fn part_of_meter(&self, meter: usize) -> &super::BookId {
        self.joined_of_meter(meter).map_or(&self.id, |joined| &joined.id)
    }

    /// The service that a meter is of.
    #[must_use]
    pub fn service_of_meter(&self, meter: usize) -> &str {
        self.joined_of_meter(meter).map_or(&self.service, |joined| &joined.service)
    }

    fn joined_of_meter(&self, meter: usize) -> Option<&Joined> {
        let part = self.joined.partition_point(|joined| joined.first_meter <= meter);
        part.checked_sub(1).and_then(|at| self.joined.get(at))
    }

    /// Which of its books an item is of: 0 for its own, then those that are joined to it in turn.
    #[must_use]
    pub fn part_of_item(&self, item: usize) -> usize {
        self.joined.partition_point(|joined| joined.first_item <= item)
    }

    /// An axis of one class: the regions that this book has.
    fn region_axis(&self, name: &str) -> Axis {
        let region = Some(self.regions.keys().cloned().collect());
        let selector = Selector { region, ..Selector::default() };
        Axis { name: name.to_owned(), classes: vec![Class { name: name.to_owned(), selector }] }
    }

    /// What of the book counts these nouns, with its quotas and readings.
    fn restricted(mut self, nouns: &[Noun]) -> Self {
        let keeps = |meter: &Meter| meter.counts.iter().any(|noun| nouns.contains(noun));
        let kept: Vec<usize> =
            (0..self.meters.len()).filter(|at| self.meters.get(*at).is_some_and(keeps)).collect();
        let place = |at: usize| kept.iter().position(|kept| *kept == at);
        self.meters.retain(keeps);
        for meter in &mut self.meters {
            // what its own keys need is no need of another book's
            meter.implied = None;
        }
        let covers = |allowance: &super::Allowance| {
            allowance.covers.iter().filter_map(|at| place(*at)).collect::<Vec<_>>()
        };
        let mut allowances = Vec::new();
        for (at, allowance) in self.allowances.iter().enumerate() {
            let covers = covers(allowance);
            if !covers.is_empty() {
                allowances.push((at, super::Allowance { covers, ..allowance.clone() }));
            }
        }
        let kept_change = |change: Change| match change {
            Change::Meter(at, meter) => Some(Change::Meter(place(at)?, meter)),
            Change::Allowance(at, mut allowance) => {
                let new = allowances.iter().position(|(old, _)| *old == at)?;
                allowance.covers = covers(&allowance);
                Some(Change::Allowance(new, allowance))
            }
            Change::Clock(_) | Change::AuditLog(_) => None,
        };
        self.readings.retain_mut(|reading| {
            let patches = !reading.changes.is_empty();
            let changes = std::mem::take(&mut reading.changes);
            reading.changes = changes.into_iter().filter_map(&kept_change).collect();
            !patches || !reading.changes.is_empty()
        });
        self.allowances = allowances.into_iter().map(|(_, allowance)| allowance).collect();
        self
    }

    /// The book with its parts numbered behind those of another.
    fn shifted(mut self, before: &Self) -> Self {
        let plan = self.id.plan.clone();
        let by = Shift {
            items: before.items.len(),
            axes: before.axes.len(),
            meters: before.meters.len(),
            allowances: before.allowances.len(),
            sources: before.sources.len(),
        };
        for item in &mut self.items {
            if before.items.iter().any(|known| known.id == item.id) {
                item.id = format!("{plan}-{}", item.id);
            }
        }
        for meter in &mut self.meters {
            by.meter(meter);
            if before.meters.iter().any(|known| known.id == meter.id) {
                meter.id = format!("{plan}-{}", meter.id);
            }
        }
        for allowance in &mut self.allowances {
            by.allowance(allowance);
        }
        let group = |group: &String| format!("{plan}:{group}");
        for region in self.regions.values_mut() {
            region.groups = region.groups.iter().map(group).collect();
        }
        for class in self.axes.iter_mut().flat_map(|axis| &mut axis.classes) {
            class.selector.group =
                class.selector.group.as_ref().map(|groups| groups.iter().map(group).collect());
        }
        self.readings = self.readings.iter().map(|reading| by.reading(reading, before)).collect();
        self
    }
}

/// By how much indexes grow.
struct Shift {
    items: usize,
    axes: usize,
    meters: usize,
    allowances: usize,
    sources: usize,
}

impl Shift {
    fn meter(&self, meter: &mut Meter) {
        grow(&mut meter.item, self.items);
        grow(&mut meter.source, self.sources);
        for (axis, _) in &mut meter.takes {
            grow(axis, self.axes);
        }
        if let Charge::Flat(Prices::By(axis, _)) = &mut meter.charge {
            grow(axis, self.axes);
        }
        if let Some(times) = &mut meter.times {
            grow(&mut times.axis, self.axes);
        }
    }

    fn allowance(&self, allowance: &mut super::Allowance) {
        grow(&mut allowance.source, self.sources);
        for meter in &mut allowance.covers {
            grow(meter, self.meters);
        }
    }

    /// A reading of the second book; what it says of the clock the first says too.
    fn reading(&self, reading: &Reading, before: &Book) -> Reading {
        let mut reading = reading.clone();
        if before.readings.iter().any(|known| known.id == reading.id) {
            reading.id = format!("{}'", reading.id);
        }
        reading.changes =
            reading.changes.into_iter().filter_map(|change| self.change(change)).collect();
        reading
    }

    fn change(&self, change: Change) -> Option<Change> {
        match change {
            Change::Meter(mut at, mut meter) => {
                grow(&mut at, self.meters);
                self.meter(&mut meter);
                Some(Change::Meter(at, meter))
            }
            Change::Allowance(mut at, mut allowance) => {
                grow(&mut at, self.allowances);
                self.allowance(&mut allowance);
                Some(Change::Allowance(at, allowance))
            }
            Change::Clock(_) | Change::AuditLog(_) => None,
        }
    }
}

fn grow(index: &mut usize, by: usize) {
    *index = index.saturating_add(by);
}
