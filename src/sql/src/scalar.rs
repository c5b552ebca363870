//! The functions of one row: a table of them, and one implementation that DataFusion calls.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, StringArray},
        buffer::NullBuffer,
        compute::cast,
        datatypes::{DataType, Field, FieldRef, Int64Type, TimeUnit},
        util::display::array_value_to_string,
    },
    common::{Result, ScalarValue, exec_err, plan_err},
    logical_expr::{
        ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
        Signature, Volatility, interval_arithmetic::Interval, preimage::PreimageResult,
        simplify::SimplifyContext,
    },
};
use ulid_engine::{
    Timestamp, Ulid,
    generate::{Order, Series},
    version7::as_version_7,
};

use crate::{
    bucket::Buckets,
    column::{Dialect, Ids, holds_ids, holds_text, holds_times, is_text, read_times, ulid_texts},
    keys::bytes_of,
};

/// Work of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Timestamp,
    IsValid,
    Fault,
    Bucket,
    Canonical,
    ToBytes,
    FromBytes,
    ToUuid,
    FromUuid,
    Random,
    Min,
    Max,
    From,
    Version,
}

impl Kind {
    /// Every function, by its name without that of its kind of IDs.
    const ALL: [(&str, Kind); 14] = [
        ("timestamp", Kind::Timestamp),
        ("is_valid", Kind::IsValid),
        ("fault", Kind::Fault),
        ("bucket", Kind::Bucket),
        ("canonical", Kind::Canonical),
        ("to_bytes", Kind::ToBytes),
        ("from_bytes", Kind::FromBytes),
        ("to_uuid", Kind::ToUuid),
        ("from_uuid", Kind::FromUuid),
        ("random", Kind::Random),
        ("min", Kind::Min),
        ("max", Kind::Max),
        ("from", Kind::From),
        ("version", Kind::Version),
    ];

    /// Functions that only ULIDs have.
    fn is_of_ulids_alone(self) -> bool {
        matches!(self, Kind::ToUuid | Kind::FromUuid | Kind::Version)
    }

    fn return_type(self) -> DataType {
        match self {
            Kind::Timestamp | Kind::Bucket => time_type("UTC"),
            Kind::IsValid => DataType::Boolean,
            Kind::ToBytes => DataType::FixedSizeBinary(16),
            Kind::Random => DataType::FixedSizeBinary(10),
            _ => DataType::Utf8,
        }
    }

    /// Arguments in words, for messages.
    fn arguments(self) -> &'static str {
        match self {
            Kind::Bucket => "interval, id [, zone]",
            Kind::Min | Kind::Max => "time",
            Kind::From => "time [, seed]",
            Kind::Version => "",
            _ => "id",
        }
    }
}

fn time_type(zone: &str) -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some(zone.into()))
}

/// A function of one row for one kind of IDs.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Function {
    pub(crate) kind: Kind,
    pub(crate) dialect: Dialect,
    name: String,
    signature: Signature,
}

/// All of them.
pub(crate) fn all() -> Vec<Arc<ScalarUDF>> {
    let of = |dialect: Dialect| {
        let kinds = Kind::ALL.into_iter();
        kinds
            .filter(move |(_, kind)| dialect == Dialect::Ulid || !kind.is_of_ulids_alone())
            .map(move |(name, kind)| Function::new(dialect.name(name), kind, dialect))
    };
    let functions = of(Dialect::Ulid).chain(of(Dialect::Uuid7));
    functions
        .map(|function| Arc::new(ScalarUDF::new_from_impl(function)))
        .collect()
}

impl Function {
    fn new(name: String, kind: Kind, dialect: Dialect) -> Function {
        let volatility = match kind {
            // The version is that of the process that runs a query, which need not be the one that plans it.
            Kind::From | Kind::Version => Volatility::Volatile,
            _ => Volatility::Immutable,
        };
        Function {
            kind,
            dialect,
            name,
            signature: Signature::user_defined(volatility),
        }
    }

    /// The argument that holds the IDs.
    pub(crate) fn id_argument(&self) -> usize {
        usize::from(self.kind == Kind::Bucket)
    }

    fn accepts(&self, types: &[DataType]) -> bool {
        let is_interval = |kind: &DataType| is_text(kind) || matches!(kind, DataType::Interval(_));
        match (self.kind, types) {
            (Kind::Version, []) => true,
            (Kind::Bucket, [interval, id]) => is_interval(interval) && holds_ids(id),
            (Kind::Bucket, [interval, id, zone]) => {
                is_interval(interval) && holds_ids(id) && is_text(zone)
            }
            (Kind::Min | Kind::Max | Kind::From, [time]) => holds_times(time),
            (Kind::From, [time, seed]) => holds_times(time) && seed.is_numeric(),
            (Kind::FromBytes, [id]) => holds_ids(id) && !holds_text(id),
            (Kind::Version | Kind::Bucket | Kind::Min | Kind::Max | Kind::From, _) => false,
            (_, [id]) => holds_ids(id),
            _ => false,
        }
    }

    fn refuse<T>(&self, types: &[DataType]) -> Result<T> {
        let found: Vec<String> = types.iter().map(DataType::to_string).collect();
        let (name, wanted) = (&self.name, self.kind.arguments());
        let what = match self.kind {
            Kind::Version => "no argument",
            Kind::Min | Kind::Max | Kind::From => {
                "a timestamp, a date or the text of a time, and a whole number as the seed; of milliseconds to_timestamp_millis(n) makes a timestamp"
            }
            Kind::FromBytes => "16 bytes (FixedSizeBinary(16) or Binary)",
            Kind::Bucket => {
                "an interval such as '1 hour', an ID as text or 16 bytes, and the name of a time zone"
            }
            _ => "an ID as text or 16 bytes; other columns need a cast, as in CAST(id AS VARCHAR)",
        };
        plan_err!("{name}({wanted}) takes {what}, not ({})", found.join(", "))
    }

    fn buckets(
        &self,
        interval: Option<&ScalarValue>,
        zone: Option<&ScalarValue>,
    ) -> Result<Buckets> {
        Buckets::new(&self.name, interval, zone)
    }

    /// The result for rows side by side.
    fn run(&self, args: &[ArrayRef], scalars: &[Option<&ScalarValue>]) -> Result<ArrayRef> {
        let ids = |dialect| Ids::read(&args[self.id_argument()], dialect, false);
        match self.kind {
            Kind::Timestamp => Ok(ids(self.dialect)?.times("UTC", |ms| ms)),
            Kind::IsValid => Ok(ids(self.dialect)?.validity()),
            Kind::Fault => Ok(ids(self.dialect)?.fault_names()),
            Kind::Canonical | Kind::FromBytes => ids(self.dialect)?.texts(self.dialect),
            Kind::ToBytes => ids(self.dialect)?.bytes(),
            Kind::ToUuid => ids(Dialect::Ulid)?.texts(Dialect::Uuid),
            Kind::FromUuid => ids(Dialect::Uuid)?.texts(Dialect::Ulid),
            Kind::Random => ids(self.dialect)?.randomness(),
            Kind::Bucket => {
                let scalar = |index: usize| scalars.get(index).copied().flatten();
                let mut buckets = self.buckets(scalar(0), scalar(2))?;
                let (ids, zone) = (ids(self.dialect)?, buckets.zone_name());
                Ok(match buckets.length() {
                    Some(length) => ids.times(&zone, |ms| length.floor(ms)),
                    None => ids.times(&zone, |ms| buckets.start(ms)),
                })
            }
            Kind::Min | Kind::Max | Kind::From => self.ids_of_times(args, scalars),
            Kind::Version => Ok(Arc::new(StringArray::from(vec![env!("CARGO_PKG_VERSION")]))),
        }
    }

    /// IDs made of times. A constant that no ID can have is an error, a row with such a time is NULL.
    fn ids_of_times(
        &self,
        args: &[ArrayRef],
        scalars: &[Option<&ScalarValue>],
    ) -> Result<ArrayRef> {
        let times = read_times(&args[0])?;
        if let Some(Some(constant)) = scalars.first()
            && !constant.is_null()
            && times.contains(&None)
        {
            let constant = array_value_to_string(&args[0], 0)?;
            return exec_err!(
                "{}: {constant} is no time of an ID; these go from 1970-01-01T00:00:00Z to +10889-08-02T05:31:50.655Z",
                self.name
            );
        }
        let seeds = match args.get(1) {
            Some(seeds) => Some(cast(seeds, &DataType::Int64)?),
            None => None,
        };
        let seeds = seeds
            .as_ref()
            .map(|seeds| seeds.as_primitive::<Int64Type>());
        let mut fresh = Series::new(Order::Independent);
        let key = |(row, time): (usize, Option<Timestamp>)| -> Result<Option<u128>> {
            let Some(time) = time else { return Ok(None) };
            let made = match (self.kind, seeds) {
                (Kind::Min, _) => Ok(time.first_id()),
                (Kind::Max, _) => Ok(time.last_id()),
                (_, Some(seeds)) if seeds.is_null(row) => return Ok(None),
                (_, Some(seeds)) => {
                    Series::seeded(Order::Independent, seeds.value(row).cast_unsigned())
                        .generate(time)
                }
                _ => fresh.generate(time),
            };
            match made {
                Ok(id) => Ok(Some(self.marked(id).to_u128())),
                Err(error) => exec_err!("{}: {error}", self.name),
            }
        };
        let keys: Vec<Option<u128>> = times
            .into_iter()
            .enumerate()
            .map(key)
            .collect::<Result<_>>()?;
        let valid: NullBuffer = keys.iter().map(Option::is_some).collect();
        let ids = Ids {
            keys: keys.into_iter().map(Option::unwrap_or_default).collect(),
            nulls: (valid.null_count() > 0).then_some(valid),
            faults: Vec::new(),
            other_case: Vec::new(),
        };
        match self.dialect {
            Dialect::Ulid => ulid_texts(&ids.keys, ids.nulls),
            _ => ids.texts(self.dialect),
        }
    }

    /// An ID with the bits that all of its kind have.
    fn marked(&self, id: Ulid) -> Ulid {
        match self.dialect {
            Dialect::Uuid7 => as_version_7(id),
            _ => id,
        }
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(self.kind.return_type())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let kind = match self.kind {
            Kind::Bucket => {
                let scalar = |index: usize| args.scalar_arguments.get(index).copied().flatten();
                time_type(&self.buckets(scalar(0), scalar(2))?.zone_name())
            }
            kind => kind.return_type(),
        };
        Ok(Arc::new(Field::new(&self.name, kind, true)))
    }

    /// Types as they come, or a sentence: a cast that nobody asked for turns a number into a text that is no ID.
    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match self.accepts(types) {
            true => Ok(types.to_vec()),
            false => self.refuse(types),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalars: Vec<Option<&ScalarValue>> = args.args.iter().map(constant).collect();
        let is_constant = scalars.iter().all(Option::is_some) && self.kind != Kind::From;
        let rows = if is_constant { 1 } else { args.number_rows };
        let arrays: Result<Vec<ArrayRef>> =
            args.args.iter().map(|arg| arg.to_array(rows)).collect();
        let result = self.run(&arrays?, &scalars)?;
        match is_constant {
            true => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &result, 0,
            )?)),
            false => Ok(ColumnarValue::Array(result)),
        }
    }

    /// Times of ULIDs in columns of 16 bytes are ranges of them, exactly. In other columns values that are no ID lie among
    /// these ranges, so that they can only be added to a condition, not replace it: [`crate::rewrite`].
    fn preimage(
        &self,
        args: &[Expr],
        literal: &Expr,
        info: &SimplifyContext,
    ) -> Result<PreimageResult> {
        let [id] = args else {
            return Ok(PreimageResult::None);
        };
        let is_exact = self.kind == Kind::Timestamp && self.dialect == Dialect::Ulid;
        if !is_exact || info.get_data_type(id)? != DataType::FixedSizeBinary(16) {
            return Ok(PreimageResult::None);
        }
        let Expr::Literal(ScalarValue::TimestampMillisecond(Some(ms), _), _) = literal else {
            return Ok(PreimageResult::None);
        };
        // Nothing lies behind the last millisecond that could end its range.
        let bounds =
            [*ms, ms.saturating_add(1)].map(|ms| Timestamp::from_ms(ms).map(Timestamp::first_id));
        let [Ok(first), Ok(behind)] = bounds else {
            return Ok(PreimageResult::None);
        };
        Ok(PreimageResult::Range {
            expr: id.clone(),
            interval: Box::new(Interval::try_new(bytes_of(first), bytes_of(behind))?),
        })
    }
}

fn constant(value: &ColumnarValue) -> Option<&ScalarValue> {
    match value {
        ColumnarValue::Scalar(value) => Some(value),
        ColumnarValue::Array(_) => None,
    }
}
