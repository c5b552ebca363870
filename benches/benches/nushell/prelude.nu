# What the scripts of the bench share.

# Processor time of this nu and its plugins so far, in nanoseconds; nothing where the system does not tell.
def processors [] {
    if $nu.os-info.name != linux { return null }
    [$nu.pid ...(plugin list | get pid | compact)]
    | each {|pid| open --raw $"/proc/($pid)/stat" | parse --regex '\) (?<fields>.*)' | get fields.0 | split row ' ' | $in.11 + ' ' + $in.12 }
    | split row ' ' | into int | math sum | $in * 10_000_000
}

# A line of what the system tells of a process, in bytes.
def told [pid: int, what: string] {
    open --raw $"/proc/($pid)/status" | parse --regex $"($what):\\s+\(?<kib>\\d+\)" | get kib.0 | into int | $in * 1024
}

# The most memory that a process ever held.
def peak [pid: int] { told $pid VmHWM }

# The same without the pages of the files that it runs, of which the system holds as many as it likes.
def own-peak [pid: int] { (told $pid VmHWM) - (told $pid RssFile) }

def plugin-pid [name: string] { plugin list | where name == $name | get pid.0 }

# Does each case some times in a turn, and the turns of all cases in some rounds.
def measure [cases: record, --rounds: int = 9, --repeats: int = 1, --operations: int = 1] {
    let turns = 0..<$rounds | each {|_|
        $cases | items {|name work|
            let before = processors
            let clock = timeit { for _ in 0..<$repeats { do $work } }
            {name: $name, clock: ($clock | into int), processors: (if $before != null { (processors) - $before })}
        }
    } | flatten
    let count = $repeats * $operations
    $cases | columns | each {|name|
        let own = $turns | where name == $name
        let total = $own.processors | compact
        {
            name: $name
            clock_ns: (($own.clock | math min) / $count)
            processor_ns: (if ($total | is-not-empty) { ($total | math sum) / $count / $rounds })
        }
    }
}

# Ends the run where an answer is wrong.
def check [what: string, found: any, expected: any] {
    if $found != $expected { error make {msg: $"($what): ($found | to nuon), expected ($expected | to nuon)"} }
}
