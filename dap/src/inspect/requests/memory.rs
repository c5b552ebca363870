//! The bytes of the file: as memory, and each row taken apart like an instruction.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dap::{
    requests::{DisassembleArguments, ReadMemoryArguments},
    responses::{DisassembleResponse, ReadMemoryResponse, ResponseBody},
    types::DisassembledInstruction,
};
use ulid_engine::{anatomy::Anatomy, dataset::Row, row::RowSource as _};

use crate::inspect::{
    program::Program,
    refusal::Refusal,
    session::{Answer, Reply, Session},
};

/// Bytes that one answer carries.
const BYTES_MAX: usize = 16 << 20;
/// Rows that one answer carries.
const ROWS_MAX: usize = 100_000;
/// Rows that are read at a time.
const PAGE: usize = 1_000;

impl Session {
    pub(in crate::inspect) fn read_memory(&self, arguments: &ReadMemoryArguments) -> Answer {
        let dataset = &self.program()?.table.dataset;
        let address = address(&arguments.memory_reference, arguments.offset)?;
        let wanted = usize::try_from(arguments.count).unwrap_or(0);
        if wanted > BYTES_MAX {
            return Err(Refusal::TooMany(arguments.count, BYTES_MAX));
        }
        let bytes = dataset.bytes_at(address, wanted)?;
        Ok(Reply::Body(ResponseBody::ReadMemory(ReadMemoryResponse {
            address: reference(address),
            // fewer bytes than asked for, and none that cannot be read, say that the end is reached
            unreadable_bytes: None,
            data: (!bytes.is_empty()).then(|| STANDARD.encode(bytes)),
        })))
    }

    pub(in crate::inspect) fn disassemble(&self, arguments: &DisassembleArguments) -> Answer {
        let program = self.program()?;
        let address = address(&arguments.memory_reference, arguments.offset)?;
        let base = place(program, address)?;
        let first = base.saturating_add(arguments.instruction_offset.unwrap_or(0));
        let count = usize::try_from(arguments.instruction_count).unwrap_or(0);
        let instructions = self.instructions(program, first, count.min(ROWS_MAX))?;
        Ok(Reply::Body(ResponseBody::Disassemble(
            DisassembleResponse { instructions },
        )))
    }

    /// Rows one after another; beyond the file lines that say so, for clients want as many as they ask for.
    fn instructions(
        &self,
        program: &Program,
        first: i64,
        count: usize,
    ) -> Result<Vec<DisassembledInstruction>, Refusal> {
        let table = &program.table;
        let places = first..first.saturating_add(count as i64);
        let of_rows = places.start.max(0)..places.end;
        let mut instructions = Vec::with_capacity(count);
        instructions
            .extend((places.start..of_rows.start.min(places.end)).map(|at| no_row(program, at)));
        let mut at = of_rows.start;
        while at < of_rows.end {
            let wanted = usize::try_from(of_rows.end - at).unwrap_or(PAGE).min(PAGE);
            let rows = table.rows(usize::try_from(at).unwrap_or(usize::MAX), wanted)?;
            let lines = table.lines_of(&rows)?;
            let known = rows.iter().zip(lines);
            instructions.extend(known.map(|(row, line)| self.instruction(program, row, line)));
            at += rows.len() as i64;
            if rows.len() < wanted {
                break;
            }
        }
        instructions.extend((at..of_rows.end).map(|at| no_row(program, at)));
        Ok(instructions)
    }

    fn instruction(
        &self,
        program: &Program,
        row: &Row,
        line: Option<u64>,
    ) -> DisassembledInstruction {
        let line = line.unwrap_or(row.number() as u64);
        DisassembledInstruction {
            address: reference(row.offset),
            instruction_bytes: Some(hex(row.text.get(row.id_at()).unwrap_or_default())),
            instruction: take_apart(row),
            symbol: Some(row.id_text().into_owned()),
            location: Some(program.source.clone()),
            line: Some(self.line_to_client(i64::try_from(line).unwrap_or(i64::MAX))),
            ..DisassembledInstruction::default()
        }
    }
}

/// A line for a place at which no row is.
fn no_row(program: &Program, at: i64) -> DisassembledInstruction {
    DisassembledInstruction {
        address: reference(address_without_row(program, at)),
        instruction: "no row".to_owned(),
        ..DisassembledInstruction::default()
    }
}

/// The place among the rows that an address stands for: a row, or one before the first or behind the last.
fn place(program: &Program, address: u64) -> Result<i64, Refusal> {
    let table = &program.table;
    let extent = table.dataset.extent();
    if let Some(row) = table.dataset.row_at_offset(address)? {
        return Ok(i64::try_from(row).unwrap_or(i64::MAX));
    }
    if address >= extent.bytes {
        // those before the first row are counted down from the largest address
        let below = address.cast_signed();
        let rows = i64::try_from(extent.rows).unwrap_or(i64::MAX);
        let behind = i64::try_from(address - extent.bytes).unwrap_or(i64::MAX);
        return Ok(if below < 0 {
            below
        } else {
            rows.saturating_add(behind)
        });
    }
    // a header belongs to the first row
    Ok(0)
}

/// The address of a place at which no row is. Each has its own, and leads back to its place.
fn address_without_row(program: &Program, at: i64) -> u64 {
    let extent = program.table.dataset.extent();
    match u64::try_from(at) {
        Ok(at) => extent.bytes + at.saturating_sub(extent.rows as u64),
        Err(_) => at.cast_unsigned(),
    }
}

/// A place in the file, in bytes, as clients hold it.
pub(super) fn reference(offset: u64) -> String {
    format!("{offset:#x}")
}

fn address(reference: &str, offset: Option<i64>) -> Result<u64, Refusal> {
    let base = reference
        .strip_prefix("0x")
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    base.and_then(|base| base.checked_add_signed(offset.unwrap_or(0)))
        .ok_or_else(|| Refusal::Memory(reference.to_owned()))
}

fn take_apart(row: &Row) -> String {
    match row.id {
        Ok(id) => {
            let anatomy = Anatomy::of(id);
            format!("{}  {}", anatomy.timestamp, anatomy.randomness_hex())
        }
        Err(_) => row.reason().unwrap_or_default(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
