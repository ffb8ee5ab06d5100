// Regorus, Microsoft's Rego in Rust, decides the workload: the policy that OPA is given (../go/opa), over tenants as data, by its
// interpreter and by its virtual machine.
use std::cell::RefCell;
use std::rc::Rc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::{Engine, Value};
use serde_json::{Map, json};
use writ_bench_peers::{Result, SetUp, SignIn, Tenant, Way, run};

const POLICY: &str = include_str!("../../../go/opa/sign_in.rego");
const RULE: &str = "data.sign_in.allow";

// The tenants as sign_in.rego reads them.
fn data(tenants: &[Tenant]) -> Value {
    let mut all = Map::new();
    for tenant in tenants {
        let (mut domains, mut connections, mut clients) = (Map::new(), Map::new(), Map::new());
        for domain in &tenant.domains {
            domains.insert(domain.clone(), true.into());
        }
        for connection in &tenant.connections {
            let mut of = Map::from_iter([("kind".to_string(), connection.kind.clone().into())]);
            if let Some(place) = connection.password {
                of.insert("shortest".to_string(), tenant.passwords[place].shortest.into());
                of.insert("oldest".to_string(), tenant.passwords[place].oldest.into());
            }
            connections.insert(connection.id.clone(), of.into());
        }
        for client in &tenant.clients {
            let allowed = client.connections.iter().map(|&place| (tenant.connections[place].id.clone(), true.into()));
            clients.insert(client.id.clone(), Map::from_iter(allowed).into());
        }
        all.insert(
            tenant.id.clone(),
            json!({"open": tenant.open, "close": tenant.close, "networks": tenant.networks, "domains": domains,
                   "connections": connections, "clients": clients}),
        );
    }
    Value::from(json!({"tenants": all}))
}

fn input(sign_in: &SignIn) -> Value {
    Value::from(json!({
        "tenant": sign_in.tenant, "client": sign_in.client, "connection": sign_in.connection, "ip": sign_in.address,
        "domain": sign_in.domain(), "groups": sign_in.groups, "mfa": sign_in.mfa, "hour": sign_in.hour,
        "length": sign_in.password_length, "age": sign_in.password_age,
    }))
}

// What answers an input, the tenants within it.
type Answer = Rc<RefCell<dyn FnMut(Value) -> Result<Value>>>;

fn ways(answer: Answer) -> Vec<Way> {
    let decide = |answer: &Answer, input: Value| -> Result<bool> { Ok(*answer.borrow_mut()(input)?.as_bool()?) };
    let other = answer.clone();
    vec![
        Way {
            name: "request ready",
            ready: Box::new(move |stream| {
                let (answer, inputs) = (answer.clone(), stream.iter().map(input).collect::<Vec<_>>());
                Ok(Box::new(move |place| decide(&answer, inputs[place].clone())))
            }),
        },
        Way {
            name: "request built",
            ready: Box::new(move |stream| {
                let answer = other.clone();
                Ok(Box::new(move |place| decide(&answer, input(&stream[place]))))
            }),
        },
    ]
}

fn engine(data: Value) -> Result<Engine> {
    let mut engine = Engine::new();
    engine.add_policy("sign_in.rego".to_string(), POLICY.to_string())?;
    engine.add_data(data)?;
    Ok(engine)
}

fn interpreted(tenants: &[Tenant]) -> Result<Vec<Way>> {
    let mut engine = engine(data(tenants))?;
    Ok(ways(Rc::new(RefCell::new(move |input| {
        engine.set_input(input);
        Ok(engine.eval_rule(RULE.to_string())?)
    }))))
}

fn by_machine(tenants: &[Tenant]) -> Result<Vec<Way>> {
    let policy = engine(Value::new_object())?.compile_with_entrypoint(&RULE.into())?;
    let mut machine = RegoVM::new_with_policy(policy.clone());
    machine.load_program(Compiler::compile_from_policy(&policy, &[RULE])?);
    machine.set_data(data(tenants))?;
    Ok(ways(Rc::new(RefCell::new(move |input| {
        machine.set_input(input);
        Ok(machine.execute()?)
    }))))
}

fn main() -> Result<()> {
    run(
        "regorus",
        "regorus",
        &[
            SetUp { name: "tenants as data, interpreter", most: usize::MAX, load: interpreted },
            SetUp { name: "tenants as data, virtual machine", most: usize::MAX, load: by_machine },
        ],
    )
}
