//! The life of a key or secret, read: creation, rotations, state, deletions.
//!
//! Whether dates are in order is checked where days are counted.

use super::MANY;
use crate::diagnostic::{Code, Problem, Problems};
use crate::fields::{self, At, Fields};
use crate::month::Stated;
use crate::scenario::{Deletion, Life, State};

pub(super) fn life(
    fields: &mut Fields<'_, '_>,
    rotated: Vec<At<Stated>>,
    problems: &mut Problems,
) -> Life {
    const STATES: &[(&str, State)] = &[
        ("enabled", State::Enabled),
        ("disabled", State::Disabled),
        ("pending-deletion", State::PendingDeletion),
    ];
    let life = Life {
        created: moment(fields, "created", problems),
        rotated,
        rotate_every: rotate_every(fields, problems),
        state: fields.choice("state", STATES, problems).map_or(State::Enabled, |state| state.value),
        deletions: deletions(fields, problems),
    };
    if life.state == State::PendingDeletion
        && let Some(deletion) = life.deletions.first()
    {
        problems.push(
            Problem::error(
                Code::Conflict,
                format!(
                    "{} is pending deletion all the time and has a scheduled deletion",
                    fields.what()
                ),
            )
            .at(deletion.scheduled.span.clone())
            .label("say one of them"),
        );
    }
    life
}

pub(super) fn moment(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    problems: &mut Problems,
) -> Option<At<Stated>> {
    let value = fields.date_time(name, problems)?;
    stated(&value, problems)
}

fn stated(value: &At<toml::value::Datetime>, problems: &mut Problems) -> Option<At<Stated>> {
    match Stated::from_toml(&value.value) {
        Ok(stated) => Some(At { value: stated, span: value.span.clone() }),
        Err(why) => {
            problems.push(Problem::error(Code::BadDate, format!("`{}` is {why}", value.value)).at(value.span.clone()).label("expected a date, or a time to the second such as 2026-02-10T09:00:00+08:00"));
            None
        }
    }
}

pub(super) fn rotated(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<At<Stated>> {
    let list = fields.list("rotated", problems).unwrap_or_default();
    let moments = list.iter().filter_map(|value| {
        fields::as_date_time(value, problems).and_then(|value| stated(&value, problems))
    });
    moments.collect()
}

/// How often something is rotated in every month, where that is said instead of dates.
pub(super) fn rotations_a_month(
    fields: &mut Fields<'_, '_>,
    problems: &mut Problems,
) -> Option<u64> {
    let value = fields.raw("rotated").filter(|value| value.get_ref().as_integer().is_some())?;
    Some(fields::as_whole(value, 0..=MANY, problems).map_or(0, |number| number.value))
}

fn rotate_every(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Option<u64> {
    let text = fields.text("rotate_every", problems)?;
    let digits = text.value.strip_suffix('d').unwrap_or_default();
    let whole =
        !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse::<u64>() {
        Ok(days) if whole && days > 0 => Some(days),
        _ => {
            let found = crate::source::printable(text.value);
            problems.push(
                Problem::error(Code::OutOfRange, format!("`{found}` is no span of whole days"))
                    .at(text.span)
                    .label("expected days such as \"90d\", from 1d to 999999d"),
            );
            None
        }
    }
}

fn deletions(fields: &mut Fields<'_, '_>, problems: &mut Problems) -> Vec<Deletion> {
    let mut deletions = Vec::new();
    for mut table in fields.tables("deletion", "[[key.deletion]]", problems) {
        let scheduled = moment(&mut table, "scheduled", problems);
        let scheduled = table.require("scheduled", scheduled, problems);
        let restored = moment(&mut table, "restored", problems);
        let destroyed = moment(&mut table, "destroyed", problems);
        table.finish(problems);
        if let (Some(_), Some(destroyed)) = (&restored, &destroyed) {
            problems.push(
                Problem::error(Code::Conflict, "a deletion that is cancelled and carried out")
                    .at(destroyed.span.clone())
                    .label("say one of `restored` and `destroyed`"),
            );
        }
        if let Some(scheduled) = scheduled {
            deletions.push(Deletion { scheduled, restored, destroyed });
        }
    }
    deletions
}
