// Reads the workload that `bench_doors --write FOLDER` writes (tests/bench/workload), and times how a policy engine decides it.
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::rc::Rc;
use std::str::FromStr;
use std::time::Instant;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub struct Connection {
    pub id: String,
    pub kind: String,
    pub password: Option<usize>,
}

pub struct Client {
    pub id: String,
    pub connections: Vec<usize>,
}

/// How long a password is at least, and how many days old at most.
pub struct PasswordRule {
    pub shortest: i64,
    pub oldest: i64,
}

/// What one customer configured; `open` and `close` are hours, `close` excluded.
pub struct Tenant {
    pub id: String,
    pub open: i64,
    pub close: i64,
    pub networks: Vec<String>,
    pub domains: Vec<String>,
    pub passwords: Vec<PasswordRule>,
    pub connections: Vec<Connection>,
    pub clients: Vec<Client>,
}

/// What is decided, as a login service has it, and what must come out.
pub struct SignIn {
    pub tenant: String,
    pub client: String,
    pub connection: String,
    pub address: String,
    pub email: String,
    pub groups: Vec<String>,
    pub mfa: bool,
    pub hour: i64,
    pub password_length: i64,
    pub password_age: i64,
    pub allowed: bool,
}

impl SignIn {
    pub fn domain(&self) -> &str {
        self.email.rsplit('@').next().unwrap_or_default()
    }
}

fn number<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| format!("expected a number in the workload, found `{text}`").into())
}

// The parts of `text` at `at`, each made by `make`.
fn list<T>(text: &str, at: char, make: impl Fn(&str) -> Result<T>) -> Result<Vec<T>> {
    text.split(at).map(make).collect()
}

fn parts<const COUNT: usize>(text: &str, at: char) -> Result<[&str; COUNT]> {
    let all: Vec<&str> = text.split(at).collect();
    all.try_into().map_err(|_| format!("`{text}` has not {COUNT} parts").into())
}

fn read_tenant(line: &str) -> Result<Tenant> {
    let [id, open, close, networks, domains, passwords, connections, clients] = parts(line, '\t')?;
    let text = |one: &str| Ok(one.to_string());
    Ok(Tenant {
        id: id.to_string(),
        open: number(open)?,
        close: number(close)?,
        networks: list(networks, ',', text)?,
        domains: list(domains, ',', text)?,
        passwords: list(passwords, ',', |one| {
            let [shortest, oldest] = parts(one, ':')?;
            Ok(PasswordRule { shortest: number(shortest)?, oldest: number(oldest)? })
        })?,
        connections: list(connections, ',', |one| {
            let [id, kind, password] = parts(one, ':')?;
            let place: i64 = number(password)?;
            Ok(Connection { id: id.to_string(), kind: kind.to_string(), password: usize::try_from(place).ok() })
        })?,
        clients: list(clients, ',', |one| {
            let [id, connections] = parts(one, ':')?;
            Ok(Client { id: id.to_string(), connections: list(connections, '.', number)? })
        })?,
    })
}

fn read_sign_in(line: &str) -> Result<SignIn> {
    let [tenant, client, connection, address, email, groups, mfa, hour, length, age, allowed] = parts(line, '\t')?;
    Ok(SignIn {
        tenant: tenant.to_string(),
        client: client.to_string(),
        connection: connection.to_string(),
        address: address.to_string(),
        email: email.to_string(),
        groups: groups.split(',').filter(|group| !group.is_empty()).map(str::to_string).collect(),
        mfa: mfa == "1",
        hour: number(hour)?,
        password_length: number(length)?,
        password_age: number(age)?,
        allowed: allowed == "1",
    })
}

fn read_lines<T>(path: &Path, read: impl Fn(&str) -> Result<T>) -> Result<Vec<T>> {
    BufReader::new(File::open(path)?).lines().map(|line| read(&line?)).collect()
}

/// Answers one sign-in of the stream, by its place.
pub type Decide = Box<dyn FnMut(usize) -> Result<bool>>;

/// How sign-ins reach the engine. `ready` makes of the stream what may be made before the clock runs.
pub struct Way {
    pub name: &'static str,
    pub ready: Box<dyn Fn(Rc<Vec<SignIn>>) -> Result<Decide>>,
}

/// How tenants lie in the engine; `most` is the number beyond which it is not tried, because of what loading costs.
pub struct SetUp {
    pub name: &'static str,
    pub most: usize,
    pub load: fn(&[Tenant]) -> Result<Vec<Way>>,
}

const PASSES: usize = 5;
const SECONDS: f64 = 2.0; // how long a pass over the stream may take; a longer stream is cut there

/// Decides the workload of the folder named on the command line in every set-up and every way, and prints a line of JSON for each.
/// Every decision is compared with the one expected; one that differs ends the program.
pub fn run(peer: &str, package: &str, set_ups: &[SetUp]) -> Result<()> {
    let version = version(package);
    let folder = std::env::args().nth(1).ok_or("expected the folder of a workload")?;
    let tenants = read_lines(&Path::new(&folder).join("tenants.tsv"), read_tenant)?;
    let stream = Rc::new(read_lines(&Path::new(&folder).join("requests.tsv"), read_sign_in)?);
    for set_up in set_ups {
        if tenants.len() > set_up.most {
            eprintln!("{peer}, {}: not tried with more than {} tenants", set_up.name, set_up.most);
            continue;
        }
        let (before, start) = (heap(), Instant::now());
        let ways = (set_up.load)(&tenants)?;
        let (load, bytes) = (start.elapsed().as_secs_f64(), heap().saturating_sub(before));
        for way in ways {
            let variant = format!("{}, {}", set_up.name, way.name);
            let measured = measure(&stream, &way).map_err(|error| format!("{peer}, {variant}: {error}"))?;
            let line = serde_json::json!({
                "peer": peer, "version": version, "variant": variant, "tenants": tenants.len(), "decided": measured.decided,
                "mean_ns": measured.mean, "processor_ns": measured.spent, "p50": measured.p50, "p99": measured.p99,
                "load_s": load, "bytes": bytes,
            });
            println!("{line}");
        }
    }
    Ok(())
}

struct Measured {
    decided: usize,
    mean: f64,  // nanoseconds by the clock
    spent: f64, // of processors
    p50: f64,
    p99: f64,
}

fn measure(stream: &Rc<Vec<SignIn>>, way: &Way) -> Result<Measured> {
    let mut decide = (way.ready)(stream.clone())?;
    // The first pass compares, says how much of the stream fits the time, and warms up.
    let start = Instant::now();
    let mut decided = 0;
    for (place, asked) in stream.iter().enumerate() {
        let allowed = decide(place).map_err(|error| format!("sign-in {}: {error}", place + 1))?;
        if allowed != asked.allowed {
            return Err(format!("sign-in {} is decided differently: allowed is {allowed}", place + 1).into());
        }
        decided += 1;
        if start.elapsed().as_secs_f64() > SECONDS {
            break;
        }
    }
    let expected = stream[..decided].iter().filter(|asked| asked.allowed).count();
    let (mut by_clock, mut of_processor) = (Vec::new(), Vec::new());
    for _ in 0..PASSES {
        let (start, spent, mut allowed) = (Instant::now(), processor(), 0);
        for place in 0..decided {
            allowed += usize::from(decide(place)?);
        }
        by_clock.push(start.elapsed().as_nanos() as f64 / decided as f64);
        of_processor.push((processor() - spent) / decided as f64);
        if allowed != expected {
            return Err("a later pass decides differently".into());
        }
    }
    let mut single = Vec::with_capacity(decided);
    for place in 0..decided {
        let start = Instant::now();
        decide(place)?;
        single.push(start.elapsed().as_nanos() as f64);
    }
    let at = |values: &mut Vec<f64>, hundredth: usize| {
        values.sort_by(f64::total_cmp);
        values[(values.len() - 1) * hundredth / 100]
    };
    Ok(Measured {
        decided,
        mean: at(&mut by_clock, 50),
        spent: at(&mut of_processor, 50),
        p50: at(&mut single, 50),
        p99: at(&mut single, 99),
    })
}

// Of a package of the lock file.
fn version(package: &str) -> &'static str {
    let begin = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = include_str!("../Cargo.lock").split_once(&begin).expect("a package of the lock file");
    rest.split('"').next().expect("a version")
}

// Nanoseconds that processors have spent on this program.
fn processor() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes the timespec it is given and nothing else.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    assert_eq!(failed, 0, "no clock of the processor");
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

// Bytes that are allocated and not freed.
fn heap() -> usize {
    // SAFETY: the call reads the allocator's counters and takes nothing.
    let counted = unsafe { libc::mallinfo2() };
    counted.uordblks + counted.hblkhd
}
