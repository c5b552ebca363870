//! The bytes of the file: as memory, and each row taken apart like an instruction.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dap::{
    requests::{DisassembleArguments, ReadMemoryArguments},
    responses::{DisassembleResponse, ReadMemoryResponse, ResponseBody},
    types::DisassembledInstruction,
};
use ulid_engine::{anatomy::Anatomy, dataset::Row};

use super::{
    program::Program,
    refusal::Refusal,
    session::{Answer, Reply, Session},
};

/// Bytes that one answer carries; clients ask again for more.
const BYTES_MAX: usize = 1 << 20;
/// Rows that one answer carries.
const ROWS_MAX: usize = 10_000;

impl Session {
    pub(super) fn read_memory(&self, arguments: &ReadMemoryArguments) -> Answer {
        let dataset = &self.program()?.table.dataset;
        let address = address(&arguments.memory_reference, arguments.offset)?;
        let wanted = usize::try_from(arguments.count).unwrap_or(0);
        let bytes = dataset.bytes_at(address, wanted.min(BYTES_MAX))?;
        let missing = i64::try_from(wanted - bytes.len()).unwrap_or(i64::MAX);
        Ok(Reply::Body(ResponseBody::ReadMemory(ReadMemoryResponse {
            address: reference(address),
            unreadable_bytes: (missing > 0).then_some(missing),
            data: (!bytes.is_empty()).then(|| STANDARD.encode(bytes)),
        })))
    }

    pub(super) fn disassemble(&self, arguments: &DisassembleArguments) -> Answer {
        let program = self.program()?;
        let address = address(&arguments.memory_reference, arguments.offset)?;
        let base = program.table.dataset.row_at_offset(address)?;
        let base = base.unwrap_or(program.table.end()).cast_signed() as i64;
        let first = base.saturating_add(arguments.instruction_offset.unwrap_or(0));
        let count = usize::try_from(arguments.instruction_count).unwrap_or(0);
        let instructions = (0..count.min(ROWS_MAX) as i64)
            .map(|index| self.instruction(program, first.saturating_add(index)))
            .collect::<Result<_, Refusal>>()?;
        Ok(Reply::Body(ResponseBody::Disassemble(
            DisassembleResponse { instructions },
        )))
    }

    /// One row; beyond the file a line that says so, for clients want as many as they ask for.
    fn instruction(&self, program: &Program, at: i64) -> Result<DisassembledInstruction, Refusal> {
        let row = match usize::try_from(at) {
            Ok(at) => program.table.row(at)?,
            Err(_) => None,
        };
        let Some(row) = row else {
            return Ok(DisassembledInstruction {
                // rows are longer than a byte: no address is given twice
                address: reference(match at {
                    ..0 => 0,
                    _ => program.table.dataset.extent().bytes + at as u64,
                }),
                instruction: "no row".to_owned(),
                ..DisassembledInstruction::default()
            });
        };
        Ok(DisassembledInstruction {
            address: reference(row.offset),
            instruction_bytes: Some(hex(&row.text[row.id_at()])),
            instruction: take_apart(&row),
            symbol: Some(row.id_text().into_owned()),
            location: Some(program.source.clone()),
            line: Some(self.line_to_client(program.table.line(row.index))),
            ..DisassembledInstruction::default()
        })
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
        Err(fault) => fault.to_string(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
