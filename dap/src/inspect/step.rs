//! Rows as far as their IDs tell, which is all that most breakpoints ask for: a column of keys has it, without a row.

use ulid_engine::{
    RowSet, Ulid,
    codec::FaultKind,
    dataset::RowRef,
    pass::Block,
    row::{Around, KeyStep},
};

/// The step from what stands before a row to the row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The ID of the row, and the last one before it.
    pub(super) keys: KeyStep,
    /// The ID of the row before.
    pub(super) prev: Option<Result<Ulid, FaultKind>>,
}

impl Step {
    /// The step to a row at hand.
    pub(super) fn to(row: &Around<'_>) -> Step {
        Step {
            keys: KeyStep::to(&row.row, row.valid_before),
            prev: row.prev.map(id_of),
        }
    }
}

/// The rows of a block for whose step something holds.
pub(super) fn rows(block: &Block, holds: impl Fn(&Step) -> bool) -> RowSet {
    let mut faults = block.faults().iter().peekable();
    let mut prev = block.before().map(id_of);
    let mut valid_before = block.valid_before();
    let rows = (block.first_row()..).zip(block.keys());
    let found = rows.filter(|&(row, &key)| {
        let fault = faults.next_if(|fault| fault.row == row);
        let id = fault.map_or(Ok(Ulid::from_u128(key)), |fault| Err(fault.kind));
        let step = Step {
            keys: KeyStep {
                id: id.ok(),
                fault: id.err().filter(|_| !block.is_text()),
                valid_before,
            },
            prev: prev.replace(id),
        };
        valid_before = id.ok().or(valid_before);
        holds(&step)
    });
    found.map(|(row, _)| row).collect()
}

fn id_of(row: RowRef<'_>) -> Result<Ulid, FaultKind> {
    row.id.map_err(|fault| fault.kind)
}
