//! A scheduler and executors as processes of this machine, beside one process that is asked the same.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::{
    cluster::BallistaCluster,
    config::SchedulerConfig,
    scheduler_process::{create_scheduler, start_grpc_service_with_listener},
};
use datafusion::arrow::{
    array::{Array, ArrayRef, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray},
    compute::cast,
    datatypes::DataType,
    ipc::writer::FileWriter,
};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use ulid_engine::{Timestamp, Ulid};

use crate::common::id_of;

/// A role in a process of its own, which is ended with this.
struct Role {
    process: Child,
    /// Its first line, which it says once it listens.
    first_line: String,
    _rest: BufReader<ChildStdout>,
}

impl Role {
    fn start(arguments: &[&str]) -> Role {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ulid-sql"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut first_line = String::new();
        lines.read_line(&mut first_line).unwrap();
        Role {
            process,
            first_line,
            _rest: lines,
        }
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        // A role that has ended already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A scheduler, executors of one thread each, and a folder for files.
struct Cluster {
    executors: Vec<Role>,
    scheduler: Role,
    address: String,
    place: TempDir,
}

impl Cluster {
    fn start(executors: usize) -> Cluster {
        let scheduler = Role::start(&["scheduler", "--listen", "127.0.0.1:0"]);
        let address = scheduler
            .first_line
            .trim()
            .rsplit(' ')
            .next()
            .unwrap()
            .to_owned();
        assert!(address.starts_with("df://127.0.0.1:"), "{address}");
        let place = tempfile::tempdir().unwrap();
        let one = |index| {
            let work = place.path().join(format!("work{index}"));
            fs::create_dir(&work).unwrap();
            let work = work.to_str().unwrap();
            Role::start(&[
                "executor",
                "--scheduler",
                &address,
                "--threads",
                "1",
                "--work",
                work,
            ])
        };
        Cluster {
            executors: (0..executors).map(one).collect(),
            scheduler,
            address,
            place,
        }
    }

    /// Starts a query that takes some seconds, and waits until the first executor has done a part of it.
    fn ask_at_length(&self) -> Child {
        self.ask_at_length_for(LONG)
    }

    fn ask_at_length_for(&self, sql: &str) -> Child {
        let arguments = ["ids", "--threads", "8", "-o", "csv", "-c", sql];
        let mut asked = client(self.place.path())
            .args(["--cluster", &self.address])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !self.has_worked() {
            assert!(
                asked.try_wait().unwrap().is_none(),
                "the query ended too early"
            );
            sleep(Duration::from_millis(5));
        }
        asked
    }

    fn ask(&self, arguments: &[&str]) -> Output {
        let mut client = client(self.place.path());
        let client = client.args(["--cluster", &self.address]).args(arguments);
        client.output().unwrap()
    }

    /// True if the first executor has done a part of the query after the one for the version. Names of jobs ascend.
    fn has_worked(&self) -> bool {
        let all = (0..self.executors.len()).flat_map(|executor| self.jobs(executor));
        let all: BTreeSet<_> = all.collect();
        all.len() > 1 && self.jobs(0).contains(all.last().unwrap())
    }

    /// Names of the jobs for which an executor has written something.
    fn jobs(&self, executor: usize) -> BTreeSet<String> {
        let work = self.place.path().join(format!("work{executor}"));
        let entries = |folder: &Path| fs::read_dir(folder).unwrap().flatten();
        let names = entries(&work).flat_map(|folder| entries(&folder.path()));
        let names = names.map(|entry| entry.file_name().into_string().unwrap());
        let is_job = |name: &String| {
            name.bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        };
        names.filter(is_job).collect()
    }
}

fn client(place: &Path) -> Command {
    let mut client = Command::new(env!("CARGO_BIN_EXE_ulid-sql"));
    client.current_dir(place).stdin(Stdio::null());
    client
}

/// Output of a call, which has to go well and to say nothing else.
fn printed(output: Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.is_empty(), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

/// The words with which a call fails.
fn refused(output: Output) -> String {
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    String::from_utf8(output.stderr).unwrap()
}

/// Writes a folder of files of IDs in upper and lower case, with rubbish and NULL between them.
fn write_files(place: &Path) {
    let ids = "SELECT CASE WHEN n % 7 = 0 THEN lower(id) WHEN n % 11 = 0 THEN 'rubbish' \
        WHEN n % 13 = 0 THEN NULL ELSE id END AS id, n \
        FROM (SELECT id, row_number() OVER () AS n FROM ulid_generate(40000, '2026-01-01', '2026-02-01', 1))";
    fs::create_dir(place.join("ids")).unwrap();
    for part in 0..4 {
        let sql = format!(
            "COPY (SELECT id, n FROM ({ids}) WHERE n % 4 = {part}) TO 'ids/{part}.parquet'"
        );
        printed(
            client(place)
                .args(["-c", &sql, "-o", "csv"])
                .output()
                .unwrap(),
        );
    }
}

/// Queries that need functions of every kind, the rule, and rows that pass between executors.
const QUERIES: [&str; 5] = [
    "SELECT count(*) AS n, count(ulid_timestamp(id)) AS valid, min(ulid_timestamp(id)) AS first FROM ids",
    "SELECT ulid_bucket('day', id, 'Europe/Berlin') AS day, count(*) AS n FROM ids GROUP BY day ORDER BY day",
    "SELECT id, n FROM ids WHERE ulid_timestamp(id) BETWEEN '2026-01-03' AND '2026-01-03T04:00:00Z' ORDER BY n",
    "SELECT unnest(ulid_audit(id, '2026-01-20T00:00:00Z')), ulid_randomness(id)['verdict'] AS verdict FROM ids",
    "SELECT a.n, ulid_canonical(a.id) AS id FROM ids a JOIN ids b ON ulid_to_bytes(a.id) = ulid_to_bytes(b.id) WHERE b.n < 50 ORDER BY a.n",
];

/// A join of four million rows, which pass between all executors.
const LONG: &str = "SELECT ulid_bucket('day', a.id) AS day, count(*) AS n, max(ulid_to_bytes(b.id)) AS last \
    FROM ids a JOIN ids b ON a.n % 397 = b.n % 397 GROUP BY day ORDER BY day";

/// `id\n` as gzip writes it.
const GZIP_OF_A_HEADER: [u8; 23] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 76, 225, 2, 0, 0, 110, 3, 89, 3, 0, 0, 0,
];

#[test]
fn a_cluster_answers_as_one_process_does() {
    let cluster = Cluster::start(2);
    let place = cluster.place.path();
    write_files(place);
    for sql in QUERIES {
        let arguments = ["ids", "-o", "csv", "-c", sql];
        let alone = printed(client(place).args(arguments).output().unwrap());
        assert_eq!(printed(cluster.ask(&arguments)), alone, "{sql}");
    }
    // The columns of a table are no question for the cluster.
    let described = ["ids", "-o", "csv", "-c", "DESCRIBE ids"];
    let alone = printed(client(place).args(described).output().unwrap());
    assert_eq!(printed(cluster.ask(&described)), alone);
    // The version is that of the executor, which no client puts in its place.
    let version = printed(cluster.ask(&["-o", "csv", "-c", "SELECT ulid_version() AS v"]));
    assert_eq!(version, format!("v\n{}\n", env!("CARGO_PKG_VERSION")));
}

/// The same IDs in one layout of Arrow after another: a folder for each, of three files with a part of the rows.
fn write_layouts(place: &Path) -> Vec<String> {
    let text = |n: u64| match n % 9 {
        0 => None,
        1 => Some("rubbish".to_owned()),
        2 => Some(
            id_of(
                Timestamp::from_ms(1_767_225_600_000 + n * 60_000).unwrap(),
                n.into(),
            )
            .to_string()
            .to_lowercase(),
        ),
        _ => Some(
            id_of(
                Timestamp::from_ms(1_767_225_600_000 + n / 2 * 60_000).unwrap(),
                (n / 2).into(),
            )
            .to_string(),
        ),
    };
    let texts: StringArray = (0..900).map(text).collect();
    let bytes: FixedSizeBinaryArray = {
        let ids = texts
            .iter()
            .map(|text| Some(text?.to_uppercase().parse::<Ulid>().ok()?.to_bytes()));
        FixedSizeBinaryArray::try_from_sparse_iter_with_size(ids, 16).unwrap()
    };
    let dictionary = |values| DataType::Dictionary(Box::new(DataType::Int32), Box::new(values));
    let of_texts = [
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        dictionary(DataType::Utf8),
    ];
    let of_bytes = [
        DataType::FixedSizeBinary(16),
        DataType::Binary,
        DataType::LargeBinary,
        DataType::BinaryView,
        dictionary(DataType::Binary),
    ];
    let texts: ArrayRef = Arc::new(texts);
    let binary = cast(&bytes, &DataType::Binary).unwrap();
    let texts = of_texts.iter().map(|layout| cast(&texts, layout).unwrap());
    let bytes = of_bytes.iter().map(|layout| match layout {
        DataType::FixedSizeBinary(_) => Arc::new(bytes.clone()),
        _ => cast(&binary, layout).unwrap(),
    });
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..900));
    let mut names = Vec::new();
    for (index, ids) in texts.chain(bytes).enumerate() {
        let name = format!("layout{index}");
        fs::create_dir(place.join(&name)).unwrap();
        for part in 0..3 {
            let columns = [
                ("id", ids.slice(part * 300, 300)),
                ("n", numbers.slice(part * 300, 300)),
            ];
            let batch = RecordBatch::try_from_iter_with_nullable(
                columns.map(|(name, column)| (name, column, true)),
            )
            .unwrap();
            let file = fs::File::create(place.join(&name).join(format!("{part}.arrow"))).unwrap();
            let mut writer = FileWriter::try_new(file, &batch.schema()).unwrap();
            writer.write(&batch).unwrap();
            writer.finish().unwrap();
        }
        names.push(name);
    }
    names
}

/// Statements of one table: rows as they are, groups whose keys are IDs, and states that are merged.
fn of_layout(table: &str) -> String {
    format!("SELECT n, arrow_typeof(id) AS type, id, ulid_timestamp(id) AS time, ulid_fault(id) AS fault, ulid_canonical(id) AS canonical, ulid_to_bytes(id) AS bytes FROM {table} ORDER BY n;
        SELECT id, count(*) AS n, arrow_typeof(min(id)) AS type FROM {table} GROUP BY id ORDER BY id;
        SELECT ulid_bucket('hour', id) AS hour, max(ulid_to_uuid(id)) AS last FROM {table} WHERE ulid_timestamp(id) >= '2026-01-01T02:00:00Z' GROUP BY hour ORDER BY hour;
        SELECT unnest(ulid_audit(id, '2026-01-01T03:00:00Z')), ulid_randomness(id)['sampled'] AS sampled FROM {table}")
}

#[test]
fn every_layout_and_partition_gives_the_same_bytes() {
    let cluster = Cluster::start(2);
    let place = cluster.place.path();
    for name in write_layouts(place) {
        let sql = of_layout(&name);
        let alone = ["--threads", "1", &name, "-o", "csv", "-c", &sql];
        let alone = printed(client(place).args(alone).output().unwrap());
        assert!(alone.lines().count() > 1200, "{name}: {alone}");
        for partitions in ["1", "2", "3", "8"] {
            let arguments = ["--threads", partitions, &name, "-o", "csv", "-c", &sql];
            assert_eq!(
                printed(cluster.ask(&arguments)),
                alone,
                "{name}, {partitions} partitions"
            );
        }
    }
}

/// Types as Parquet keeps them, which has one for each layout.
#[test]
fn every_layout_keeps_its_type() {
    let cluster = Cluster::start(2);
    let place = cluster.place.path();
    for name in write_layouts(place) {
        let sql = format!("SELECT n, id FROM {name} WHERE n % 2 = 0 ORDER BY n");
        let seen = |mut asked: Command| {
            let output = asked
                .args([&name, "-o", "parquet", "-c", &sql])
                .output()
                .unwrap();
            assert!(output.status.success(), "{name}");
            fs::write(place.join("seen.parquet"), output.stdout).unwrap();
            let mut reader = client(place);
            reader.env(
                "DATAFUSION_EXECUTION_PARQUET_SCHEMA_FORCE_VIEW_TYPES",
                "false",
            );
            let all = "SELECT n, id, arrow_typeof(id) AS type FROM seen";
            printed(
                reader
                    .args(["seen.parquet", "-o", "csv", "-c", all])
                    .output()
                    .unwrap(),
            )
        };
        let mut asked = client(place);
        asked.args(["--cluster", &cluster.address]);
        assert_eq!(seen(asked), seen(client(place)), "{name}");
        // A file of Arrow has one dictionary for a column, and these rows come from three.
        let sql = format!("SELECT n, id FROM {name}");
        let arguments = [&name, "-o", "arrow", "-c", &sql];
        fs::write(place.join("seen.arrow"), cluster.ask(&arguments).stdout).unwrap();
        let count = [
            "seen.arrow",
            "-o",
            "csv",
            "-c",
            "SELECT count(*) AS n FROM seen",
        ];
        assert_eq!(
            printed(client(place).args(count).output().unwrap()),
            "n\n900\n",
            "{name}"
        );
    }
}

#[test]
fn options_that_a_role_has_no_use_for_are_refused() {
    let place = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (
            &[
                "--cluster",
                "df://127.0.0.1:1",
                "--memory",
                "1GB",
                "-c",
                "SELECT 1",
            ][..],
            "give it to each executor",
        ),
        (
            &["scheduler", "--memory", "1GB"],
            "give --memory and --threads to each executor",
        ),
        (
            &["--cluster", "http://a/b", "-c", "SELECT 1"],
            "no address of a scheduler",
        ),
        (
            &["executor", "--scheduler", "nowhere"],
            "no address of a scheduler",
        ),
    ] {
        let told = refused(client(place.path()).args(arguments).output().unwrap());
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn errors_name_the_role_and_the_cause() {
    let cluster = Cluster::start(1);
    let place = cluster.place.path();
    write_files(place);
    fs::write(place.join("packed.csv.gz"), GZIP_OF_A_HEADER).unwrap();
    let role = format!("the cluster of the scheduler at {}: ", cluster.address);
    let other_version = "SET ballista.job.name = 'ulid-sql 9.9.9'; SELECT 1";
    let both = format!(
        "the client is of ulid-sql 9.9.9 and the scheduler of {}",
        env!("CARGO_PKG_VERSION")
    );
    for (arguments, words) in [
        (
            &["ids", "-c", "SELECT CAST(id AS INT) FROM ids"][..],
            [&role, "Cannot cast string"],
        ),
        (&["-c", other_version], [&role, &both]),
        (
            &["-c", "SELECT * FROM ulid_generate(5)"],
            ["ulid_generate", "write it to a file"],
        ),
        (
            &["packed.csv.gz", "-c", "SELECT 1"],
            ["packed.csv.gz", "on this machine only"],
        ),
        (
            &["-c", "SELECT ulid_timestamp(1)"],
            ["ulid_timestamp(id)", "takes an ID"],
        ),
    ] {
        let told = refused(cluster.ask(arguments));
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
    }
    let nobody = ["--cluster", "127.0.0.1:1", "-c", "SELECT 1"];
    let told = refused(client(place).args(nobody).output().unwrap());
    assert!(
        told.starts_with("ulid-sql: the scheduler at df://127.0.0.1:1 is not there"),
        "{told}"
    );
}

/// Sends a process a signal by its name.
fn signal(name: &str, process: &Child) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), process.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// A query that loses an executor is asked again, which a line for each time says, and the others answer.
fn a_lost_executor_changes_no_result(name: &str) {
    let cluster = Cluster::start(2);
    let place = cluster.place.path();
    write_files(place);
    let arguments = ["ids", "--threads", "8", "-o", "csv", "-c", LONG];
    let alone = printed(client(place).args(arguments).output().unwrap());
    let asked = cluster.ask_at_length();
    signal(name, &cluster.executors[0].process);
    let output = asked.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), alone);
    let line = format!(
        "ulid-sql: an executor of the scheduler at {} was lost in the middle of the query, which is asked again",
        cluster.address
    );
    // All may have been done before the loss.
    assert!(told.lines().all(|told| told == line), "{told}");
}

#[test]
fn what_a_killed_executor_leaves_the_next_one_removes() {
    let cluster = Cluster::start(0);
    let work = cluster.place.path().join("work");
    fs::create_dir(&work).unwrap();
    let start = || {
        let work = work.to_str().unwrap();
        Role::start(&["executor", "--scheduler", &cluster.address, "--work", work])
    };
    let folders = || -> BTreeSet<_> {
        let entries = fs::read_dir(&work).unwrap().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let living = start();
    let of_living = folders();
    let dead = start();
    let of_dead: Vec<_> = folders().difference(&of_living).cloned().collect();
    signal("KILL", &dead.process);
    drop(dead);
    assert!(of_dead.iter().all(|folder| folder.exists()));
    let next = start();
    assert!(of_dead.iter().all(|folder| !folder.exists()));
    assert!(folders().is_superset(&of_living));
    assert_eq!((of_living.len(), of_dead.len(), folders().len()), (1, 1, 2));
    // One that ends in good order takes its own with it.
    for mut ended in [living, next] {
        signal("TERM", &ended.process);
        ended.process.wait().unwrap();
    }
    assert_eq!(folders(), BTreeSet::new());
}

/// A statement that writes files is not asked again, since a part of them may be there.
#[test]
fn a_statement_that_writes_is_not_asked_again() {
    let cluster = Cluster::start(2);
    let place = cluster.place.path();
    write_files(place);
    let copy = format!("COPY ({LONG}) TO 'written/' STORED AS PARQUET");
    let asked = cluster.ask_at_length_for(&copy);
    signal("KILL", &cluster.executors[0].process);
    let told = refused(asked.wait_with_output().unwrap());
    assert!(
        told.contains("files of what it has written may be there"),
        "{told}"
    );
}

#[test]
fn an_executor_that_is_killed_changes_no_result() {
    a_lost_executor_changes_no_result("KILL");
}

#[test]
fn an_executor_that_is_ended_changes_no_result() {
    a_lost_executor_changes_no_result("TERM");
}

#[test]
fn an_executor_that_hangs_changes_no_result() {
    a_lost_executor_changes_no_result("STOP");
}

#[test]
fn without_any_executor_a_query_ends_with_a_word() {
    let cluster = Cluster::start(2);
    write_files(cluster.place.path());
    let asked = cluster.ask_at_length();
    cluster
        .executors
        .iter()
        .for_each(|executor| signal("KILL", &executor.process));
    let told = refused(asked.wait_with_output().unwrap());
    let words = format!(
        "the cluster of the scheduler at {}: an executor was lost in the middle of the query, and no other is left",
        cluster.address
    );
    assert!(told.contains(&words), "{told}");
}

#[test]
fn without_its_scheduler_a_query_ends_with_a_word() {
    let cluster = Cluster::start(1);
    write_files(cluster.place.path());
    let asked = cluster.ask_at_length();
    signal("KILL", &cluster.scheduler.process);
    let told = refused(asked.wait_with_output().unwrap());
    // It may die between two words of a message, or before the next one.
    let role = format!("the scheduler at {}", cluster.address);
    let ends = [" is not there: ", ", or an executor of it, broke off: "];
    let is_told = ends
        .iter()
        .any(|end| told.contains(&format!("{role}{end}")));
    assert!(is_told, "{told}");
}

#[test]
fn an_interrupt_ends_a_client_and_leaves_the_cluster_usable() {
    let cluster = Cluster::start(1);
    write_files(cluster.place.path());
    let asked = cluster.ask_at_length();
    signal("INT", &asked);
    let output = asked.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("begins no more of its tasks"), "{told}");
    let sql = "SELECT count(*) AS n FROM ids";
    assert_eq!(
        printed(cluster.ask(&["ids", "-o", "csv", "-c", sql])),
        "n\n40000\n"
    );
}

/// An executor of Ballista as it comes, in this process.
#[test]
fn an_old_executor_is_named() {
    let cluster = Cluster::start(1);
    let address = cluster.address.trim_start_matches("df://");
    let (host, port) = address.rsplit_once(':').unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let old = ExecutorProcessConfig {
        port: free.port(),
        scheduler_host: host.to_owned(),
        scheduler_port: port.parse().unwrap(),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(cluster.place.path().to_string_lossy().into_owned()),
        ..ExecutorProcessConfig::default()
    };
    let runtime = Runtime::new().unwrap();
    runtime.spawn(start_executor_process(Arc::new(old)));
    let words = format!("the executor at {free} is no ulid-sql of this version");
    let answers = std::iter::repeat_with(|| cluster.ask(&["-o", "csv", "-c", "SELECT 1"]));
    // Until it is known to the scheduler the other one answers, or this one has a task that it cannot run.
    let mut told = answers
        .take(100)
        .map(|answer| String::from_utf8(answer.stderr).unwrap());
    assert!(told.any(|told| told.contains(&words)), "never {words}");
    runtime.shutdown_background();
}

/// A scheduler of Ballista as it comes, in this process.
#[test]
fn an_old_scheduler_is_named() {
    let runtime = Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let address = format!("df://{}", listener.local_addr().unwrap());
    runtime.spawn(async move {
        let config = SchedulerConfig::default();
        let cluster = BallistaCluster::new_from_config(&config).await.unwrap();
        let scheduler =
            create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config));
        start_grpc_service_with_listener(listener, scheduler.await.unwrap())
            .await
            .unwrap();
    });
    let place = tempfile::tempdir().unwrap();
    let arguments = ["--cluster", &address, "-c", "SELECT 1"];
    let told = refused(client(place.path()).args(arguments).output().unwrap());
    let words = format!("the scheduler at {address} does not know the functions of ulid-sql");
    assert!(told.contains(&words), "{told}");
    runtime.shutdown_background();
}
