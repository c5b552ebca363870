//! The rules that make a range of time, asked by the ID, a range of keys.

use std::{any::Any, collections::HashSet, sync::Arc};

use datafusion::{
    arrow::datatypes::{DataType, TimeUnit},
    common::{
        DFSchema, Result, ScalarValue,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    logical_expr::{
        Between, BinaryExpr, Cast, Expr, ExprSchemable, LogicalPlan, Operator,
        expr::{InList, ScalarFunction},
        expr_rewriter::NamePreserver,
        lit,
        simplify::SimplifyContext,
        utils::{conjunction, merge_schema},
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule, simplify_expressions::ExprSimplifier},
};

use ulid_engine::Timestamp;

use crate::{
    bucket::Buckets,
    keys::{Times, conditions},
    scalar::{Function, Kind},
};

/// A rule of an optimizer.
pub type Rule = Arc<dyn OptimizerRule + Send + Sync>;

/// An optimizer's rules with those for IDs among them: the first of all compares times in milliseconds, and before filters
/// are pushed down, the other adds what is known of the keys.
///
/// A host that adds rules of its own, as Ballista does, gives all of them.
#[must_use]
pub fn rules(mut existing: Vec<Rule>) -> Vec<Rule> {
    let pushes_down = |rule: &Rule| rule.name() == "push_down_filter";
    let place = existing
        .iter()
        .position(pushes_down)
        .unwrap_or(existing.len());
    existing.insert(place, Arc::new(TimesToKeys));
    existing.insert(0, Arc::new(WholeMilliseconds));
    existing
}

/// The function of this crate that an expression calls, and its arguments. It is known by its type: a host may have another
/// one of the same name.
fn called(expr: &Expr) -> Option<(&Function, &[Expr])> {
    let Expr::ScalarFunction(ScalarFunction { func, args }) = expr else {
        return None;
    };
    let function: &dyn Any = func.inner().as_ref();
    Some((function.downcast_ref()?, args))
}

/// An expression that is a time of IDs, without a cast to another unit.
fn time_of_ids(expr: &Expr) -> Option<&Expr> {
    let inner = match expr {
        Expr::Cast(Cast { expr: inner, field })
            if matches!(field.data_type(), DataType::Timestamp(..)) =>
        {
            inner
        }
        expr => expr,
    };
    let (function, _) = called(inner)?;
    matches!(function.kind, Kind::Timestamp | Kind::Bucket).then_some(inner)
}

/// Compares the times of IDs in milliseconds, as they are.
///
/// DataFusion compares by the finer of two units. A time of IDs that is cast to nanoseconds ends the query if it is later than
/// the year 2262; and where DataFusion takes that cast off, or reads a constant from text, it cuts the constant off to a
/// millisecond, which changes what `>=` and `<` mean. So the constant is brought to milliseconds, up or down by the operator.
#[derive(Debug)]
struct WholeMilliseconds;

impl OptimizerRule for WholeMilliseconds {
    fn name(&self) -> &str {
        "ulid_whole_milliseconds"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        config: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        let context = SimplifyContext::builder()
            .with_config_options(config.options())
            .with_query_execution_start_time(config.query_execution_start_time())
            .build();
        let simplifier = ExprSimplifier::new(context);
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expr| {
            let name = names.save(&expr);
            let in_ms = |expr| Ok(in_milliseconds(expr, &simplifier));
            Ok(expr
                .transform_up(in_ms)?
                .update_data(|expr| name.restore(expr)))
        })
    }
}

/// Longer lists of times are left as they are.
const LONGEST_LIST: usize = 64;

/// A comparison in milliseconds in the place of one in another unit.
fn in_milliseconds(expr: Expr, simplifier: &ExprSimplifier) -> Transformed<Expr> {
    let found = match &expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => compared(left, *op, right, simplifier),
        Expr::Between(Between {
            expr,
            negated,
            low,
            high,
        }) => {
            let (from, to, both): (_, _, fn(Expr, Expr) -> Expr) = match negated {
                false => (Operator::GtEq, Operator::LtEq, Expr::and),
                true => (Operator::Lt, Operator::Gt, Expr::or),
            };
            let low = compared(expr, from, low, simplifier);
            low.zip(compared(expr, to, high, simplifier))
                .map(|(low, high)| both(low, high))
        }
        Expr::InList(InList {
            expr,
            list,
            negated,
        }) if list.len() <= LONGEST_LIST => {
            let (op, both): (_, fn(Expr, Expr) -> Expr) = match negated {
                false => (Operator::Eq, Expr::or),
                true => (Operator::NotEq, Expr::and),
            };
            let each = list.iter().map(|item| compared(expr, op, item, simplifier));
            let all: Option<Vec<Expr>> = each.collect();
            all.and_then(|all| all.into_iter().reduce(both))
        }
        _ => None,
    };
    found.map_or_else(|| Transformed::no(expr), Transformed::yes)
}

fn compared(left: &Expr, op: Operator, right: &Expr, simplifier: &ExprSimplifier) -> Option<Expr> {
    let (time, op, constant) = match time_of_ids(left) {
        Some(time) => (time, op, right),
        None => (time_of_ids(right)?, op.swap()?, left),
    };
    if time == left || time == right {
        // In milliseconds already, but for what a text says.
        text_of_time(constant)?;
    }
    let (value, per_ms) = finely(constant, simplifier)?;
    let (below, above) = (value.div_euclid(per_ms), -(-value).div_euclid(per_ms));
    let zone = zone_of(time)?;
    let ms = |ms: i128| {
        let ms = i64::try_from(ms).ok()?;
        Some(lit(ScalarValue::TimestampMillisecond(
            Some(ms),
            Some(zone.as_str().into()),
        )))
    };
    let time = || time.clone();
    Some(match op {
        Operator::GtEq => time().gt_eq(ms(above)?),
        Operator::Lt => time().lt(ms(above)?),
        Operator::Gt => time().gt(ms(below)?),
        Operator::LtEq => time().lt_eq(ms(below)?),
        Operator::Eq if below == above => time().eq(ms(below)?),
        Operator::NotEq if below == above => time().not_eq(ms(below)?),
        // Never true, always true; NULL where the time is.
        Operator::Eq => time().lt_eq(ms(below)?).and(time().gt_eq(ms(above)?)),
        Operator::NotEq => time().lt_eq(ms(below)?).or(time().gt_eq(ms(above)?)),
        _ => return None,
    })
}

/// The zone of the type of a time of IDs.
fn zone_of(time: &Expr) -> Option<String> {
    let (function, args) = called(time)?;
    match function.kind {
        Kind::Bucket => Some(buckets_of(args)?.zone_name()),
        _ => Some("UTC".to_owned()),
    }
}

/// The buckets that constant arguments stand for.
fn buckets_of(args: &[Expr]) -> Option<Buckets> {
    let constant = |index: usize| match args.get(index) {
        Some(Expr::Literal(value, _)) => Some(value),
        _ => None,
    };
    Buckets::new("", constant(0), constant(2)).ok()
}

/// The text of a constant that is cast to a time, and the zone that is meant where it names none.
fn text_of_time(constant: &Expr) -> Option<(&str, Option<Arc<str>>)> {
    let Expr::Cast(Cast { expr, field }) = constant else {
        return None;
    };
    let Expr::Literal(text, _) = expr.as_ref() else {
        return None;
    };
    match field.data_type() {
        DataType::Timestamp(_, zone) => Some((text.try_as_str()??, zone.clone())),
        _ => None,
    }
}

/// A constant time in the finest unit that it has, and how many of that are a millisecond.
fn finely(constant: &Expr, simplifier: &ExprSimplifier) -> Option<(i128, i128)> {
    let mut constant = constant.clone();
    if let Some((text, zone)) = text_of_time(&constant) {
        // A cast to a unit that is not cut off. A year that it has no room for, or a text that stops before the day, is read
        // as the other programs do.
        let nanoseconds = ScalarValue::Utf8(Some(text.to_owned()))
            .cast_to(&DataType::Timestamp(TimeUnit::Nanosecond, zone));
        match (nanoseconds, text.parse::<Timestamp>()) {
            (Ok(nanoseconds), _) => constant = lit(nanoseconds),
            (_, Ok(time)) => return Some((time.ms().into(), 1)),
            _ => {}
        }
    }
    if constant.column_refs().is_empty()
        && !constant.is_volatile()
        && !matches!(constant, Expr::Literal(..))
    {
        constant = simplifier.simplify(constant).ok()?;
    }
    let Expr::Literal(value, _) = constant else {
        return None;
    };
    in_unit(&value)
}

/// The number of a time, and how many of it are a millisecond. `None` for units longer than that.
fn in_unit(value: &ScalarValue) -> Option<(i128, i128)> {
    let (number, per_ms) = match *value {
        ScalarValue::TimestampMillisecond(Some(number), _) => (number, 1),
        ScalarValue::TimestampMicrosecond(Some(number), _) => (number, 1_000),
        ScalarValue::TimestampNanosecond(Some(number), _) => (number, 1_000_000),
        _ => return None,
    };
    Some((number.into(), per_ms))
}

/// Adds to each comparison of the times of IDs what every ID of these times meets.
#[derive(Debug)]
struct TimesToKeys;

impl OptimizerRule for TimesToKeys {
    fn name(&self) -> &str {
        "ulid_times_to_keys"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        if !matches!(plan, LogicalPlan::Filter(_) | LogicalPlan::TableScan(_)) {
            return Ok(Transformed::no(plan));
        }
        let schema = match &plan {
            LogicalPlan::TableScan(scan) => {
                let all = scan.source.schema();
                DFSchema::try_from_qualified_schema(scan.table_name.clone(), &all)?
            }
            plan => merge_schema(&plan.inputs()),
        };
        let known = required(&plan)?;
        plan.map_expressions(|expr| add_keys(expr, &schema, &known))
    }
}

/// The parts of a plan's conditions that stand in places where they may have to be true.
fn required(plan: &LogicalPlan) -> Result<HashSet<Expr>> {
    let mut known = HashSet::new();
    plan.apply_expressions(|condition| {
        condition.apply(|expr| {
            known.insert(expr.clone());
            Ok(positive(expr))
        })
    })?;
    Ok(known)
}

/// Adds conditions beside each comparison in a place where it has to be true: not below NOT or another function. What is
/// known already is not added again, however often a plan is optimized.
fn add_keys(
    predicate: Expr,
    schema: &DFSchema,
    known: &HashSet<Expr>,
) -> Result<Transformed<Expr>> {
    predicate.transform_down(|expr| {
        if positive(&expr) == TreeNodeRecursion::Continue {
            return Ok(Transformed::no(expr));
        }
        let mut added = keys_of(&expr, schema);
        added.retain(|condition| !known.contains(condition));
        Ok(match conjunction(added) {
            Some(added) => Transformed::new(expr.and(added), true, TreeNodeRecursion::Jump),
            None => Transformed::new(expr, false, TreeNodeRecursion::Jump),
        })
    })
}

/// Goes on below AND and OR alone.
fn positive(expr: &Expr) -> TreeNodeRecursion {
    match expr {
        Expr::BinaryExpr(BinaryExpr {
            op: Operator::And | Operator::Or,
            ..
        }) => TreeNodeRecursion::Continue,
        _ => TreeNodeRecursion::Jump,
    }
}

/// Condition that all IDs meet for which this comparison is true.
fn keys_of(expr: &Expr, schema: &DFSchema) -> Vec<Expr> {
    let found = match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let here = times_of(left, *op, right).map(|times| (left, times));
            here.or_else(|| Some((right, times_of(right, op.swap()?, left)?)))
        }
        Expr::InList(InList {
            expr,
            list,
            negated: false,
        }) => {
            let each = list.iter().map(|item| times_of(expr, Operator::Eq, item));
            let all: Option<Vec<Times>> = each.collect();
            let hull = all.and_then(|all| all.into_iter().reduce(Times::hull));
            hull.map(|times| (expr, times))
        }
        _ => None,
    };
    let Some((compared, times)) = found else {
        return Vec::new();
    };
    let Some((function, args)) = called(without_cast(compared)) else {
        return Vec::new();
    };
    let Some(column @ Expr::Column(_)) = args.get(function.id_argument()) else {
        return Vec::new();
    };
    match column.get_type(schema) {
        Ok(kind) => conditions(column, &kind, function.dialect, times),
        Err(_) => Vec::new(),
    }
}

fn without_cast(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast(Cast { expr, .. }) => expr,
        expr => expr,
    }
}

/// The times for which `expr OP constant` is true, `expr` being made of the time of an ID.
fn times_of(expr: &Expr, op: Operator, constant: &Expr) -> Option<Times> {
    let Expr::Literal(value, _) = constant else {
        return None;
    };
    let (function, args) = called(without_cast(expr))?;
    let is_cast = matches!(expr, Expr::Cast(_));
    match function.kind {
        Kind::Timestamp => times_of_steps(op, first_with(value)?),
        Kind::Bucket if !is_cast => times_of_buckets(op, value, args),
        _ => None,
    }
}

/// The first millisecond whose time, in the unit of a value, is not below the value, and the first whose time is above it.
fn first_with(value: &ScalarValue) -> Option<(i128, i128)> {
    let of_steps = |number: i128, ms: i128| (number * ms, (number + 1) * ms);
    Some(match *value {
        ScalarValue::TimestampSecond(Some(number), _) => of_steps(number.into(), 1_000),
        ScalarValue::Date32(Some(number)) => of_steps(number.into(), 86_400_000),
        _ => {
            let (number, per_ms) = in_unit(value)?;
            (-(-number).div_euclid(per_ms), number.div_euclid(per_ms) + 1)
        }
    })
}

fn times_of_steps(op: Operator, (not_below, above): (i128, i128)) -> Option<Times> {
    let (from, before) = match op {
        Operator::GtEq => (Some(not_below), None),
        Operator::Gt => (Some(above), None),
        Operator::Lt => (None, Some(not_below)),
        Operator::LtEq => (None, Some(above)),
        Operator::Eq | Operator::IsNotDistinctFrom => (Some(not_below), Some(above)),
        _ => return None,
    };
    Some(Times { from, before })
}

/// A bucket is never before another one whose times are all earlier, where no clock is put back; and else by less than a day.
fn times_of_buckets(op: Operator, value: &ScalarValue, args: &[Expr]) -> Option<Times> {
    const DAY_MS: i128 = 86_400_000;
    let mut buckets = buckets_of(args)?;
    let ScalarValue::TimestampMillisecond(Some(ms), _) = *value else {
        return None;
    };
    let period = buckets.period(ms);
    let (start, end) = (i128::from(period.start), i128::from(period.end));
    let not_below = if i128::from(ms) <= start { start } else { end };
    let times = times_of_steps(op, (not_below, end))?;
    Some(if buckets.is_even() {
        times
    } else {
        times.wider(2 * DAY_MS)
    })
}
