//! Which regions there are, and what a price may depend on: mainland, cloud, number of zones.
//!
//! The five documents print no table of regions. What they do say: mainland China against outside
//! (003), finance and government clouds "region groups of their own (`cn-…-finance-…`,
//! `cn-north-2-gov-1`)" (pricing.md), Manila and Bangkok with one zone (001). The ids are the
//! providers' public ones; a part of them is enough. Must not know a price.

use super::need::Where;

/// Id, place, and the Alibaba plans that have it.
struct Region {
    id: &'static str,
    place: &'static str,
    sold: Sold,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sold {
    /// At every Alibaba plan.
    Everywhere,
    /// At the instances of the subscription only.
    Subscription,
    /// At the China site only.
    China,
}

const fn region(id: &'static str, place: &'static str, sold: Sold) -> Region {
    Region { id, place, sold }
}

const ALIBABA: [Region; 13] = [
    region("cn-hangzhou", "hangzhou", Sold::Everywhere),
    region("cn-beijing", "beijing", Sold::Everywhere),
    region("cn-chengdu", "chengdu", Sold::Everywhere),
    region("cn-hongkong", "hong-kong", Sold::Everywhere),
    region("ap-southeast-1", "singapore", Sold::Everywhere),
    region("ap-southeast-6", "manila", Sold::Subscription),
    region("us-east-1", "virginia", Sold::Everywhere),
    region("eu-central-1", "frankfurt", Sold::Everywhere),
    region("ap-southeast-7", "bangkok", Sold::Subscription),
    region("cn-hangzhou-finance", "hangzhou-finance", Sold::China),
    region("cn-shanghai-finance-1", "shanghai-finance", Sold::China),
    region("cn-shenzhen-finance-1", "shenzhen-finance", Sold::China),
    region("cn-north-2-gov-1", "beijing-government", Sold::China),
];

const TENCENT: [(&str, &str); 5] = [
    ("ap-guangzhou", "guangzhou"),
    ("ap-beijing", "beijing"),
    ("ap-singapore", "singapore"),
    ("na-ashburn", "virginia"),
    ("eu-frankfurt", "frankfurt"),
];

fn find(place: Where, sold: &[Sold]) -> Option<&'static str> {
    let regions = ALIBABA.iter().filter(|region| sold.contains(&region.sold));
    let is = |region: &&Region| match place {
        Where::Region(id) => region.id == id,
        Where::Place(name) => region.place == name,
    };
    regions.into_iter().find(is).map(|region| region.id)
}

/// A region of the international site's pay-as-you-go plan.
pub(super) fn alibaba(place: Where) -> Option<&'static str> {
    find(place, &[Sold::Everywhere])
}

/// A region of the China site's pay-as-you-go plan.
pub(super) fn alibaba_cn(place: Where) -> Option<&'static str> {
    find(place, &[Sold::Everywhere, Sold::China])
}

/// A region of the subscription.
pub(super) fn subscription(place: Where) -> Option<&'static str> {
    find(place, &[Sold::Everywhere, Sold::Subscription])
}

/// A region of Tencent Cloud.
pub(super) fn tencent(place: Where) -> Option<&'static str> {
    of(&TENCENT, place)
}

/// A part of a provider's regions: ids and places.
pub(super) type Regions = &'static [(&'static str, &'static str)];

/// The region of some that a location means.
pub(super) fn of(regions: Regions, place: Where) -> Option<&'static str> {
    let is = |(id, name): &&(&str, &str)| match place {
        Where::Region(region) => region == *id,
        Where::Place(place) => place == *name,
    };
    regions.iter().find(is).map(|(id, _)| *id)
}

/// Each of some regions, by its id and by its place.
pub(super) fn both(regions: Regions) -> Vec<Where> {
    let both =
        |(id, place): &(&'static str, &'static str)| [Where::Region(id), Where::Place(place)];
    regions.iter().flat_map(both).collect()
}

/// Every location that a book may be asked for, by provider.
pub(super) fn all(provider: &str) -> Vec<Where> {
    if provider == "tencent" {
        return both(&TENCENT);
    }
    ALIBABA
        .iter()
        .flat_map(|region| [Where::Region(region.id), Where::Place(region.place)])
        .collect()
}

/// "cn-hongkong is outside"; finance and government clouds are mainland regions.
pub(super) fn is_mainland(region: &str) -> bool {
    region.starts_with("cn-") && region != "cn-hongkong"
}

/// What multiplies the unit price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cloud {
    Public,
    Finance,
    Government,
}

/// The cloud of a region of the China site.
pub(super) fn cloud(region: &str) -> Cloud {
    if region.contains("-finance") {
        Cloud::Finance
    } else if region.contains("-gov-") {
        Cloud::Government
    } else {
        Cloud::Public
    }
}

/// "The Philippines (Manila) and Thailand (Bangkok) regions have only one zone each" (001).
pub(super) fn has_one_zone(region: &str) -> bool {
    ["ap-southeast-6", "ap-southeast-7"].contains(&region)
}
