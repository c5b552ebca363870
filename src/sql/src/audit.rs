//! `ulid_audit`: the engine's statistics that need no order, as an aggregate whose state is a few bytes for each group.

use std::{mem::size_of, sync::Arc};

use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, StringArray, StructArray,
            TimestampMillisecondArray, UInt64Array,
        },
        buffer::Buffer,
        datatypes::{DataType, Field, FieldRef, Fields, TimeUnit},
    },
    common::{Result, ScalarValue, exec_err, plan_err},
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature,
        Volatility,
        expr::AggregateFunction,
        function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs},
        lit,
        utils::{AggregateOrderSensitivity, format_state_name},
    },
    physical_expr::expressions::Literal,
};
use ulid_engine::{Timestamp, Ulid, stats::Figures};

use crate::column::{Dialect, Ids, holds_ids, read_times};

/// The aggregate for one kind of IDs.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Audit {
    name: String,
    dialect: Dialect,
    signature: Signature,
}

impl Audit {
    pub(crate) fn of(dialect: Dialect) -> Arc<AggregateUDF> {
        Arc::new(AggregateUDF::new_from_impl(Audit {
            name: dialect.name("audit"),
            dialect,
            signature: Signature::user_defined(Volatility::Immutable),
        }))
    }

    fn totals(&self, args: &AccumulatorArgs<'_>) -> Result<Totals> {
        refuse_modifiers(&self.name, args)?;
        let now = match args.exprs.get(1) {
            Some(now) => literal(&self.name, now.as_ref())?,
            None => Timestamp::now(),
        };
        Ok(Totals {
            dialect: self.dialect,
            now,
            groups: Vec::new(),
        })
    }
}

/// Refuses what would change nothing, or not what its writer means.
pub(crate) fn refuse_modifiers(name: &str, args: &AccumulatorArgs<'_>) -> Result<()> {
    if args.is_distinct {
        return plan_err!(
            "{name}(DISTINCT ..) is not there: choose with SELECT DISTINCT in a query within"
        );
    }
    if !args.order_bys.is_empty() {
        return plan_err!("{name}(.. ORDER BY ..): the result depends on no order, leave it out");
    }
    Ok(())
}

fn literal(name: &str, now: &dyn datafusion::physical_plan::PhysicalExpr) -> Result<Timestamp> {
    let constant = (now as &dyn std::any::Any).downcast_ref::<Literal>();
    let time = match constant {
        Some(constant) => read_times(&constant.value().to_array()?)?
            .first()
            .copied()
            .flatten(),
        None => None,
    };
    match time {
        Some(time) => Ok(time),
        None => plan_err!(
            "{name}(id, now): now has to be a constant time that an ID can have, such as TIMESTAMP '2026-01-01'"
        ),
    }
}

impl AggregateUDFImpl for Audit {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [id] if holds_ids(id) => Ok(types.to_vec()),
            [id, now] if holds_ids(id) && crate::column::holds_times(now) => Ok(types.to_vec()),
            _ => refuse_types(&self.name, "id [, now]", types),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields(self.dialect)))
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _kind: &DataType) -> Result<ScalarValue> {
        let none = rows(self.dialect, &[Total::default()])?;
        ScalarValue::try_from_array(&none, 0)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format_state_name(args.name, "state");
        Ok(vec![Arc::new(Field::new(
            name,
            DataType::FixedSizeBinary(Total::LEN),
            false,
        ))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let mut totals = self.totals(&args)?;
        totals.grow(1);
        Ok(Box::new(totals))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.totals(&args)?))
    }

    /// The time at which the query began is put in as a constant, so that all threads and machines count the same IDs as
    /// later than now.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(Box::new(|mut function: AggregateFunction, info| {
            if let Some(now) = info.query_execution_start_time()
                && function.params.args.len() == 1
            {
                let now = ScalarValue::TimestampMillisecond(
                    Some(now.timestamp_millis()),
                    Some("UTC".into()),
                );
                function.params.args.push(lit(now));
            }
            Ok(datafusion::logical_expr::Expr::AggregateFunction(function))
        }))
    }
}

pub(crate) fn refuse_types<T>(name: &str, arguments: &str, types: &[DataType]) -> Result<T> {
    let found: Vec<String> = types.iter().map(DataType::to_string).collect();
    plan_err!(
        "{name}({arguments}) takes an ID as text or 16 bytes, not ({}); other columns need a cast, as in CAST(id AS VARCHAR)",
        found.join(", ")
    )
}

/// The statistics of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Total {
    figures: Figures,
    nulls: u64,
    other_case: u64,
}

impl Total {
    const LEN: i32 = Figures::STATE_LEN as i32 + 16;

    fn merge(&mut self, other: &Total) {
        self.figures.merge(&other.figures);
        self.nulls += other.nulls;
        self.other_case += other.other_case;
    }

    fn to_state(self) -> Vec<u8> {
        [
            &self.figures.to_state()[..],
            &self.nulls.to_be_bytes(),
            &self.other_case.to_be_bytes(),
        ]
        .concat()
    }

    fn from_state(state: &[u8]) -> Result<Total> {
        let (figures, counts) = state
            .split_at_checked(Figures::STATE_LEN)
            .unwrap_or((state, &[]));
        let figures = match Figures::from_state(figures) {
            Ok(figures) => figures,
            Err(error) => return exec_err!("{error}"),
        };
        let mut counts = counts.as_chunks().0.iter().copied().map(u64::from_be_bytes);
        let mut count = || counts.next().unwrap_or_default();
        Ok(Total {
            figures,
            nulls: count(),
            other_case: count(),
        })
    }
}

/// The groups under way; one where there are none.
#[derive(Debug)]
struct Totals {
    dialect: Dialect,
    now: Timestamp,
    groups: Vec<Total>,
}

impl Totals {
    fn grow(&mut self, groups: usize) {
        if groups > self.groups.len() {
            self.groups.resize(groups, Total::default());
        }
    }

    /// Adds rows, each to the group that `group` gives it, if any.
    fn add(&mut self, array: &dyn Array, group: impl Fn(usize) -> Option<usize>) -> Result<()> {
        let ids = Ids::read(array, self.dialect, true)?;
        let valid = ids.valid();
        for row in 0..ids.keys.len() {
            let is_valid = valid.as_ref().is_none_or(|valid| valid.is_valid(row));
            if let Some(group) = group(row).filter(|_| is_valid) {
                self.groups[group]
                    .figures
                    .extend(&ids.keys[row..=row], self.now);
            }
        }
        self.add_others(&ids, group);
        Ok(())
    }

    /// Adds what is rare: rows without an ID, or with one in another case.
    fn add_others(&mut self, ids: &Ids, group: impl Fn(usize) -> Option<usize>) {
        for &(row, kind) in &ids.faults {
            if let Some(group) = group(row) {
                self.groups[group].figures.add_fault(kind);
            }
        }
        for group in ids.other_case.iter().filter_map(|&row| group(row)) {
            self.groups[group].other_case += 1;
        }
        let Some(nulls) = &ids.nulls else { return };
        for row in (0..nulls.len()).filter(|&row| nulls.is_null(row)) {
            if let Some(group) = group(row) {
                self.groups[group].nulls += 1;
            }
        }
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Total> {
        emit_to.take_needed(&mut self.groups)
    }

    fn merge(&mut self, states: &ArrayRef, group: impl Fn(usize) -> usize) -> Result<()> {
        let Some(states) = states.as_fixed_size_binary_opt() else {
            return exec_err!("{} is no state of an audit", states.data_type());
        };
        for row in (0..states.len()).filter(|&row| states.is_valid(row)) {
            let total = Total::from_state(states.value(row))?;
            self.groups[group(row)].merge(&total);
        }
        Ok(())
    }
}

fn states(totals: &[Total]) -> Result<ArrayRef> {
    let bytes: Vec<u8> = totals.iter().flat_map(|total| total.to_state()).collect();
    Ok(Arc::new(FixedSizeBinaryArray::try_new(
        Total::LEN,
        Buffer::from_vec(bytes),
        None,
    )?))
}

impl Accumulator for Totals {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let ids = Ids::read(&values[0], self.dialect, true)?;
        let now = self.now;
        ids.runs(|keys| self.groups[0].figures.extend(keys, now));
        self.add_others(&ids, |_| Some(0));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&rows(self.dialect, &self.groups)?, 0)
    }

    fn size(&self) -> usize {
        size_of::<Totals>() + self.groups.capacity() * size_of::<Total>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::try_from_array(
            &states(&self.groups)?,
            0,
        )?])
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.merge(&values[0], |_| 0)
    }
}

impl GroupsAccumulator for Totals {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        self.grow(count);
        let is_chosen = |row| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        self.add(&values[0], |row| is_chosen(row).then(|| groups[row]))
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let totals = self.take(emit_to);
        rows(self.dialect, &totals)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![states(&self.take(emit_to))?])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        self.grow(count);
        self.merge(&values[0], |row| groups[row])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values[0].len();
        let mut each = Totals {
            dialect: self.dialect,
            now: self.now,
            groups: vec![Total::default(); rows],
        };
        let is_chosen = |row| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        each.add(&values[0], |row| is_chosen(row).then_some(row))?;
        Ok(vec![states(&each.groups)?])
    }

    fn size(&self) -> usize {
        size_of::<Totals>() + self.groups.capacity() * size_of::<Total>()
    }
}

/// A field of the result: its name, and what it is.
#[derive(Clone, Copy)]
enum Column {
    Count(&'static str, fn(&Total) -> u64),
    Id(&'static str, fn(&Figures) -> Option<Ulid>),
    Time(&'static str, fn(&Figures) -> Option<Ulid>),
}

fn columns(dialect: Dialect) -> Vec<Column> {
    let (broken, case): (&[Column], _) = match dialect {
        Dialect::Ulid => (
            &[
                Column::Count("character", |total| total.figures.faults.character),
                Column::Count("overflow", |total| total.figures.faults.overflow),
            ],
            "lower_case",
        ),
        _ => (
            &[Column::Count("uuid", |total| total.figures.faults.uuid)],
            "upper_case",
        ),
    };
    let mut columns = vec![
        Column::Count("valid", |total| total.figures.valid),
        Column::Count("nulls", |total| total.nulls),
        Column::Count("length", |total| total.figures.faults.length),
    ];
    columns.extend(broken);
    columns.extend([
        Column::Id("smallest", |figures| figures.smallest),
        Column::Id("largest", |figures| figures.largest),
        Column::Time("earliest", |figures| figures.smallest),
        Column::Time("latest", |figures| figures.largest),
        Column::Count("future", |total| total.figures.future),
        Column::Count(case, |total| total.other_case),
        Column::Count("version_7", |total| total.figures.version_7),
    ]);
    columns
}

fn fields(dialect: Dialect) -> Fields {
    let time = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let field = |column: Column| match column {
        Column::Count(name, _) => Field::new(name, DataType::UInt64, false),
        Column::Id(name, _) => Field::new(name, DataType::Utf8, true),
        Column::Time(name, _) => Field::new(name, time.clone(), true),
    };
    columns(dialect).into_iter().map(field).collect()
}

fn rows(dialect: Dialect, totals: &[Total]) -> Result<ArrayRef> {
    let figures = || totals.iter().map(|total| &total.figures);
    let array = |column: Column| -> ArrayRef {
        match column {
            Column::Count(_, count) => Arc::new(totals.iter().map(count).collect::<UInt64Array>()),
            Column::Id(_, id) => {
                let texts = figures().map(|figures| id(figures).map(|id| dialect.print(id)));
                Arc::new(texts.collect::<StringArray>())
            }
            Column::Time(_, id) => {
                let ms =
                    figures().map(|figures| id(figures).map(|id| id.timestamp_ms().cast_signed()));
                Arc::new(
                    ms.collect::<TimestampMillisecondArray>()
                        .with_timezone("UTC"),
                )
            }
        }
    };
    let arrays = columns(dialect).into_iter().map(array).collect();
    Ok(Arc::new(StructArray::try_new(
        fields(dialect),
        arrays,
        None,
    )?))
}
