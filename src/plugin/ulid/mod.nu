# Tables with ULIDs: small commands on top of the plugin.
#
#     use ulid.nu
#     $rows | ulid add | ulid with-age id

# Each asks the plugin once for a whole list, and goes over the rows by Nushell's own commands.

# Adds a new ULID to every row, in ascending order.
export def add [
    column: string = "id" # The new column.
]: table -> table {
    let rows = $in
    let ids = null | ulid generate --count ($rows | length)
    $rows | beside $column $ids (metadata $column).span
}

# Adds how long ago each ULID was made, as a duration; null where that is more than a duration holds, and where no ID is.
export def with-age [
    path: cell-path # The cell that holds the ID.
    --into: string = "age" # The new column.
]: table -> table {
    let timed = $in | timed $path
    let now = date now
    # a duration holds 292 years
    let last = $now + 106_751day
    let ages = $timed.times | each --keep-empty {|time|
        if $time == null or $time > $last { null } else { $now - $time }
    }
    $timed.rows | beside $into $ages (metadata $into).span
}

# Keeps the rows whose ULID is not older than this.
export def recent [
    path: cell-path # The cell that holds the ID.
    age: duration # How old it may be.
]: table -> table {
    $in | ulid between $path --since $age
}

# Groups rows by the hour of their ULID, in UTC; those without one, where the configuration keeps them, by "none".
export def by-hour [
    path: cell-path # The cell that holds the ID.
]: table -> record {
    let timed = $in | timed $path
    let hours = if null in $timed.times {
        $timed.times | each --keep-empty {|time| if $time == null { "none" } else { $time | hour } }
    } else {
        $timed.times | hour
    }
    $timed.rows | zip $hours | group-by {|pair| $pair.1 }
    | items {|hour, pairs| [$hour ($pairs | each {|pair| $pair.0 })] }
    | reduce --fold {} {|group, groups| $groups | insert $group.0 $group.1 }
}

# Makes a column canonical: upper case, from any form, with I, L and O read as digits. Rows without an ID are dropped.
export def clean [
    path: cell-path # The cell that holds the ID.
]: table -> table {
    $in | into ulid $path --lenient --on-error drop
}

# Adds the same 128 bits as UUID, and the time they hold, for a database that knows no ULID.
export def with-uuid [
    path: cell-path # The cell that holds the ID.
]: table -> table {
    let timed = $in | timed $path
    let uuids = $timed.rows | get $path | ulid to-uuid
    let at = (metadata $path).span
    $timed.rows | beside created_at $timed.times $at | beside uuid $uuids $at
}

# Times on the clock of UTC, down to their hours.
def hour []: any -> any {
    $in | date to-timezone UTC | format date "%Y-%m-%dT%H:00Z"
}

# The rows, and the times of their IDs. Rows without one are left out where the configuration says so.
def timed [path: cell-path]: table -> record<rows: table, times: list> {
    let rows = $in
    if ($rows | is-empty) { return {rows: [], times: []} }
    let times = $rows | get $path | ulid timestamp
    if ($times | length) == ($rows | length) { return {rows: $rows, times: $times} }
    let rows = $rows | ulid between $path --since 1970-01-01
    {rows: $rows, times: ($rows | get --optional $path | ulid timestamp)}
}

# Adds a column that no row has yet. What it is asked for by, at this place, is where an error points.
def beside [column: string, values: list, at: record]: table -> table {
    let rows = $in
    if $column in ($rows | columns) {
        error make {
            msg: $"There is a column ($column) already"
            label: {text: "its name is taken", span: $at}
            help: "`rename` or `reject` the one that is there"
        }
    }
    $rows | merge ($values | wrap $column)
}
