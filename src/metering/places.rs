//! Where things are: a scenario's regions and places in a book's regions.
//!
//! A provider's own region id means something at that provider only; at another it goes through its
//! place: `ap-southeast-1` of the one is "singapore", and so the region of the other that is there.

use super::{Metering, Place, Told};
use crate::diagnostic::{Code, Problem, listed, similar};
use crate::fields::At;
use crate::pricebook::Region;
use crate::scenario::Location;
use crate::source::Span;

impl<'a> Metering<'a> {
    /// The book's region of a location; none where none is stated.
    pub(super) fn place(
        &mut self,
        own: Option<&'a At<Location>>,
    ) -> Result<Option<Place<'a>>, Told> {
        let scenario = self.scenario;
        let Some(location) = own.or(scenario.location.as_ref()) else {
            return Ok(None);
        };
        if let Some(known) = self.located.get(&location.value) {
            return known.clone().map(Some).ok_or(Told);
        }
        let found = self.locate(location);
        self.located.insert(location.value.clone(), found.clone());
        found.map(Some).ok_or(Told)
    }

    fn locate(&mut self, location: &At<Location>) -> Option<Place<'a>> {
        let book = self.book;
        let place = |(id, region): (&'a str, &'a Region)| Place {
            id: id.into(),
            key: id,
            groups: &region.groups,
        };
        let named = match &location.value {
            Location::Place(name) => Some(name.as_str()),
            Location::Region(id) => match &self.scenario.provider {
                None => {
                    let message =
                        format!("region `{}` without a provider", crate::source::printable(id));
                    self.problems.push(
                        Problem::error(Code::MissingField, message)
                            .at(location.span.clone())
                            .label("the same id means different places at different providers")
                            .help("state `provider`, or a neutral `place` instead of the region"),
                    );
                    return None;
                }
                Some(provider) if provider.value == book.id.provider => {
                    let found =
                        book.regions.get_key_value(id).map(|(id, region)| place((id, region)));
                    if found.is_none() {
                        self.unknown_region(id, &location.span);
                    }
                    return found;
                }
                Some(_) => {
                    let home = self
                        .setting
                        .home
                        .and_then(|home| home.get(id))
                        .map(|region| region.place.as_str());
                    if home.is_none() {
                        self.unknown_region(id, &location.span);
                        return None;
                    }
                    home
                }
            },
        }?;
        let found = book.region_in(named).map(place);
        if found.is_none() {
            let places = book.regions.values().map(|region| region.place.as_str());
            let message = format!("`{}` has no region in the place `{named}`", book.id);
            let help = format!("places that it has: {}", listed(places));
            self.problems.push(
                Problem::error(Code::NotOffered, message).at(location.span.clone()).help(help),
            );
        }
        found
    }

    fn unknown_region(&mut self, id: &str, span: &Span) {
        let regions = self.setting.home.unwrap_or(&self.book.regions);
        let help = match similar(id, regions.keys().map(String::as_str)) {
            Some(near) => format!("a region with a similar name exists: `{near}`"),
            None => format!("regions that it has: {}", listed(regions.keys().map(String::as_str))),
        };
        let message =
            format!("`{}` has no region `{}`", self.book.id, crate::source::printable(id));
        self.problems.push(Problem::error(Code::UnknownName, message).at(span.clone()).help(help));
    }
}
