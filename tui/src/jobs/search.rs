//! The search for a row in a listing.

use std::ops::Range;

use ulid_engine::{
    RowSet,
    dataset::Row,
    progress::Progress,
    query::{Around, Query},
    sort::Direction,
};

use crate::rows::{Listing, Needle, RowsError, Source};

/// A search through a listing.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    /// The rows and their order.
    pub listing: Listing,
    /// The place where it begins; this place is the last to be looked at.
    pub from: usize,
    /// True if it goes up.
    pub upwards: bool,
    /// The text that is looked for.
    pub needle: Needle,
}

/// The places of a listing whose rows have what is looked for.
///
/// # Errors
///
/// [`RowsError`] where `progress` is cancelled or the source can no longer be read.
pub(super) fn hits(
    needle: &Needle,
    listing: &Listing,
    source: &Source,
    progress: &Progress,
) -> Result<RowSet, RowsError> {
    let Some(query) = source.searched(needle) else {
        return Ok(RowSet::new());
    };
    let rows = source.select(&query, 0, progress)?;
    if listing.is_source() {
        return Ok(rows);
    }
    let is_hit = |place: &u64| {
        let row = usize::try_from(*place)
            .ok()
            .and_then(|place| listing.row(place));
        row.is_some_and(|row| rows.contains(row as u64))
    };
    Ok((0..listing.len() as u64).filter(is_hit).collect())
}

impl Search {
    /// Goes once round the listing. The place it began at comes last.
    pub(super) fn run(
        &self,
        source: &Source,
        progress: &Progress,
    ) -> Result<Option<usize>, RowsError> {
        let Some(query) = source.searched(&self.needle) else {
            return Ok(None);
        };
        let count = self.listing.len();
        progress.set_total(count as u64);
        if self.listing.is_whole() {
            self.go_round(0, count, |places| {
                self.find_row(places, &query, source, progress)
            })
        } else {
            self.find_place(&query, source, progress)
        }
    }

    /// The first or the last of places that are rows side by side.
    fn find_row(
        &self,
        places: Range<usize>,
        query: &Query,
        source: &Source,
        progress: &Progress,
    ) -> Result<Option<usize>, RowsError> {
        let ends = [places.start, places.end - 1].map(|place| self.listing.row(place));
        let [Some(first), Some(last)] = ends else {
            return Ok(None);
        };
        let direction = match (first <= last) == self.upwards {
            true => Direction::Descending,
            false => Direction::Ascending,
        };
        let rows = first.min(last)..first.max(last) + 1;
        let row = source.find(query, rows, direction, progress)?;
        Ok(row.and_then(|row| self.listing.find(row)))
    }

    /// A place of rows in an order of their own. What is near is looked at row by row; for what is not, one pass over the
    /// source tells which rows are meant.
    fn find_place(
        &self,
        query: &Query,
        source: &Source,
        progress: &Progress,
    ) -> Result<Option<usize>, RowsError> {
        const NEAR: usize = 2_048;
        let count = self.listing.len();
        let near = NEAR.min(count);
        let found = self.go_round(0, near, |places| {
            let rows = source.rows_of(&self.listing, places.start, places.len())?;
            let is_hit = |row: &Row| query.matches(&Around::of_row(row.borrow()));
            let hit = match self.upwards {
                true => rows.iter().rposition(is_hit),
                false => rows.iter().position(is_hit),
            };
            Ok(hit.map(|hit| places.start + hit))
        })?;
        if found.is_some() || near == count {
            return Ok(found);
        }
        let hits = source.select(query, 0, progress)?;
        self.go_round(near, count, |mut places| {
            progress.advance(0)?;
            let row = |place: usize| self.listing.row(place);
            let is_hit = |place: &usize| row(*place).is_some_and(|row| hits.contains(row as u64));
            Ok(match self.upwards {
                true => places.rfind(is_hit),
                false => places.find(is_hit),
            })
        })
    }

    /// Gives out places side by side, in the order in which a search comes by, until it finds something: those from the one
    /// that comes by as number `from` to before number `to`.
    fn go_round(
        &self,
        from: usize,
        to: usize,
        mut look: impl FnMut(Range<usize>) -> Result<Option<usize>, RowsError>,
    ) -> Result<Option<usize>, RowsError> {
        let (count, mut gone) = (self.listing.len(), from);
        while gone < to {
            let (first, step) = self.stretch(gone, to - gone, count);
            if let Some(found) = look(first..first + step)? {
                return Ok(Some(found));
            }
            gone += step;
        }
        Ok(None)
    }

    /// The next places to look at: the first of them and how many, not going over an end of the listing.
    fn stretch(&self, gone: usize, step: usize, count: usize) -> (usize, usize) {
        if self.upwards {
            // from the place above, up to the first, then from the last
            let end = (self.from + count - gone - 1) % count + 1;
            let step = step.min(end);
            (end - step, step)
        } else {
            let first = (self.from + 1 + gone) % count;
            (first, step.min(count - first))
        }
    }
}

#[cfg(test)]
mod tests {
    use ulid_engine::{
        codec,
        dataset::{Dataset, OpenOptions},
    };

    use super::*;
    use crate::rows::Arrangement;
    use crate::rows::Pattern;
    use ulid_engine::Timestamp;

    const ROWS: usize = 6_000;

    /// Rows in which some words are few and others many.
    fn source() -> Source {
        let line = |row: usize| {
            let id =
                ulid_engine::Ulid::from_parts(1_700_000_000_000 + row as u64, row as u128).unwrap();
            let word = match row {
                4_999 => "Straße",
                _ if row % 1_999 == 7 => "Rare",
                _ => "x",
            };
            format!("{},{word}.{}\n", codec::print(id), row % 10)
        };
        let text: String = (0..ROWS).map(line).collect();
        let text = format!("id,word\n{text}");
        let dataset = Dataset::from_bytes("x.csv", text.into_bytes(), &OpenOptions::default());
        Source::from(dataset.unwrap())
    }

    fn is_hit(row: &Row, needle: &Needle) -> bool {
        match needle {
            Needle::Text(pattern) => {
                let text = &pattern.text;
                let here = String::from_utf8_lossy(&row.text).to_lowercase();
                match (pattern.is_regex, &pattern.column) {
                    (false, None) => !text.is_empty() && here.contains(&text.to_lowercase()),
                    // `~^x\.[37]$` in the column of words
                    (true, Some(_)) => here.ends_with(",x.3") || here.ends_with(",x.7"),
                    // `~e\.7`
                    _ => here.contains("e.7"),
                }
            }
            Needle::Time(time) => row.id.is_ok_and(|id| Timestamp::of(id) >= *time),
        }
    }

    /// The place by a look at one after the other.
    fn naive(search: &Search, hits: &[bool]) -> Option<usize> {
        let count = search.listing.len();
        let mut round = (1..=count).map(|step| match search.upwards {
            true => (search.from + count - step) % count,
            false => (search.from + step) % count,
        });
        round.find(|&place| search.listing.row(place).is_some_and(|row| hits[row]))
    }

    #[test]
    fn the_next_row_is_found_in_every_order() {
        let source = source();
        let shuffled: Vec<u32> = (0..ROWS as u32).map(|row| row * 7 % ROWS as u32).collect();
        let ends = |direction| Listing::whole(ROWS, &Arrangement::ByPosition(direction));
        let listings = [
            ends(Direction::Ascending),
            ends(Direction::Descending),
            Listing::ordered(shuffled),
            Listing::ordered(vec![4_999, 0, 7]),
        ];
        let late = Timestamp::from_ms(1_700_000_005_990_u64).unwrap();
        let text = |text: &str| Needle::Text(Pattern::typed(text, None));
        let in_word = |text: &str| Needle::Text(Pattern::typed(text, Some("word".to_owned())));
        let needles = [
            text("rare"),
            text("STRASSE"),
            text("STRAßE"),
            text("x.3"),
            text("x(3"),
            text(""),
            text("~E\\.7"),
            in_word("~^x\\.[37]$"),
            Needle::Time(late),
        ];
        let rows = source.window(0, ROWS).unwrap();
        let hits = needles.map(|needle| {
            let hits: Vec<bool> = rows.iter().map(|row| is_hit(row, &needle)).collect();
            (needle, hits)
        });
        for listing in &listings {
            let last = listing.len() - 1;
            let ways = |pair| [(pair, false), (pair, true)];
            for ((needle, hits), upwards) in hits.iter().flat_map(ways) {
                let places = super::hits(needle, listing, &source, &Progress::new()).unwrap();
                let naive_places = (0..listing.len() as u64)
                    .filter(|&place| hits[listing.row(place as usize).unwrap()]);
                assert_eq!(places, naive_places.collect::<RowSet>(), "{needle:?}");
                for from in [0, 1, last / 2, last] {
                    let search = Search {
                        listing: listing.clone(),
                        from,
                        upwards,
                        needle: needle.clone(),
                    };
                    let found = search.run(&source, &Progress::new()).unwrap();
                    assert_eq!(
                        found,
                        naive(&search, hits),
                        "{needle:?} from {from}, {upwards}"
                    );
                }
            }
        }
    }
}
