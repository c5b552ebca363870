# Tables with ULIDs: small commands on top of the plugin.
#
#     use ulid.nu
#     $rows | ulid add | ulid with-age id

# Adds a new ULID to every row, in ascending order.
export def add [
    column: string = "id" # The new column.
]: table -> table {
    let rows = $in
    let ids = null | ulid generate --count ($rows | length)
    $rows | enumerate | each {|row| $row.item | insert $column ($ids | get $row.index) }
}

# Adds how long ago each ULID was made, as a duration; null where that is more than a duration holds, and where no ID is.
export def with-age [
    path: cell-path # The cell that holds the ID.
    --into: string = "age" # The new column.
]: table -> table {
    let rows = $in
    let now = date now
    $rows | ulid timestamp $path --insert $into | update $into {|row|
        let time = $row | get $into
        # a duration holds 292 years
        if $time == null { null } else { try { $now - $time } catch { null } }
    }
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
    let rows = $in
    let hours = $rows | get $path | ulid timestamp --zone UTC | each --keep-empty {|time|
        if $time == null { "none" } else { $time | format date "%Y-%m-%dT%H:00Z" }
    }
    $rows | zip $hours | group-by {|pair| $pair.1 } | items {|hour, pairs| [$hour ($pairs | each {|pair| $pair.0 })] } | into record-of-pairs
}

# A record of pairs of a name and a value.
def "into record-of-pairs" []: list -> record {
    $in | reduce --fold {} {|pair, record| $record | insert $pair.0 $pair.1 }
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
    let rows = $in | ulid timestamp $path --insert created_at
    let uuids = $rows | get $path | ulid to-uuid
    $rows | enumerate | each {|row| $row.item | insert uuid ($uuids | get $row.index) }
}
