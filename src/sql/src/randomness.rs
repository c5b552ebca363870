//! `ulid_randomness`: the engine's verdict on how the randomness of IDs was made, by a sample of the smallest hashes.

use std::{mem::size_of, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, StringArray, StructArray, UInt64Array},
        datatypes::{DataType, Field, FieldRef, Fields},
    },
    common::{Result, ScalarValue, exec_err, plan_err},
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::{AggregateOrderSensitivity, format_state_name},
    },
    physical_expr::expressions::Literal,
};
use ulid_engine::stats::Sample;

use crate::{
    audit::{refuse_modifiers, refuse_types},
    column::{Dialect, Ids, holds_ids},
};

/// The aggregate for one kind of IDs.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Randomness {
    name: String,
    dialect: Dialect,
    signature: Signature,
}

impl Randomness {
    pub(crate) fn of(dialect: Dialect) -> Arc<AggregateUDF> {
        Arc::new(AggregateUDF::new_from_impl(Randomness {
            name: dialect.name("randomness"),
            dialect,
            signature: Signature::user_defined(Volatility::Immutable),
        }))
    }

    /// The largest number of IDs in the sample.
    fn limit(&self, args: &AccumulatorArgs<'_>) -> Result<usize> {
        let Some(limit) = args.exprs.get(1) else {
            return Ok(Sample::IDS);
        };
        let limit: &dyn std::any::Any = limit.as_ref();
        let number = limit
            .downcast_ref::<Literal>()
            .and_then(|limit| limit.value().cast_to(&DataType::Int64).ok())
            .and_then(|limit| match limit {
                ScalarValue::Int64(Some(limit)) => usize::try_from(limit).ok(),
                _ => None,
            });
        match number.filter(|limit| (1..=Sample::IDS).contains(limit)) {
            Some(limit) => Ok(limit),
            None => plan_err!(
                "{}(id, sample): the sample has to be a constant from 1 to {}",
                self.name,
                Sample::IDS
            ),
        }
    }
}

impl AggregateUDFImpl for Randomness {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [id] if holds_ids(id) => Ok(types.to_vec()),
            [id, limit] if holds_ids(id) && limit.is_integer() => Ok(types.to_vec()),
            _ => refuse_types(&self.name, "id [, sample]", types),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format_state_name(args.name, "sample");
        Ok(vec![Arc::new(Field::new(
            name,
            DataType::LargeBinary,
            true,
        ))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_modifiers(&self.name, &args)?;
        let limit = self.limit(&args)?;
        Ok(Box::new(Kept {
            dialect: self.dialect,
            limit,
            sample: Sample::new(limit),
        }))
    }
}

#[derive(Debug)]
struct Kept {
    dialect: Dialect,
    limit: usize,
    sample: Sample,
}

impl Accumulator for Kept {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let ids = Ids::read(&values[0], self.dialect, false)?;
        ids.runs(|keys| self.sample.extend(keys));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let (verdict, evidence) = self.sample.verdict();
        let number =
            |number: usize| -> ArrayRef { Arc::new(UInt64Array::from(vec![number as u64])) };
        let row: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec![verdict.code()])),
            number(evidence.sampled),
            number(evidence.independent),
            number(evidence.repeated_values),
        ];
        let row = StructArray::try_new(fields(), row, None)?;
        ScalarValue::try_from_array(&row, 0)
    }

    fn size(&self) -> usize {
        size_of::<Kept>() + self.sample.memory()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::LargeBinary(Some(self.sample.to_state()))])
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(states) = values[0].as_binary_opt::<i64>() else {
            return exec_err!("{} is no state of a sample", values[0].data_type());
        };
        for state in states.iter().flatten() {
            match Sample::from_state(self.limit, state) {
                Ok(sample) => self.sample.merge(sample),
                Err(error) => return exec_err!("{error}"),
            }
        }
        Ok(())
    }
}

fn fields() -> Fields {
    let count = |name| Field::new(name, DataType::UInt64, false);
    let verdict = Field::new("verdict", DataType::Utf8, false);
    let counts = ["sampled", "independent", "repeated"].map(count);
    [verdict].into_iter().chain(counts).collect()
}
