// Cedar decides the workload. Cedar looks at every policy of its set, so a set holds what one sign-in needs: that of its tenant, or
// six policies for all tenants over the tenant's entities.
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::rc::Rc;
use std::sync::LazyLock;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request, RestrictedExpression,
};
use writ_bench_peers::{Result, SetUp, SignIn, Tenant, Way, run};

type Expression = RestrictedExpression;

static CLIENT: LazyLock<EntityTypeName> = LazyLock::new(|| "Client".parse().expect("a name"));
static CONNECTION: LazyLock<EntityTypeName> = LazyLock::new(|| "Connection".parse().expect("a name"));
static TENANT: LazyLock<EntityTypeName> = LazyLock::new(|| "Tenant".parse().expect("a name"));
static LOGIN: LazyLock<EntityUid> = LazyLock::new(|| r#"Action::"login""#.parse().expect("an action"));

// Of a tenant, whatever the set-up: its policies and its entities.
struct Own {
    policies: Rc<PolicySet>,
    entities: Entities,
}

struct Engine {
    authorizer: Authorizer,
    tenants: HashMap<String, Own>,
}

impl Engine {
    fn decide(&self, tenant: &str, request: &Request) -> Result<bool> {
        let Some(own) = self.tenants.get(tenant) else { return Ok(false) };
        let response = self.authorizer.is_authorized(request, &own.policies, &own.entities);
        let allowed = response.decision() == Decision::Allow;
        match response.diagnostics().errors().next() {
            Some(error) if allowed => Err(format!("allowed with an error: {error}").into()),
            _ => Ok(allowed),
        }
    }

    fn ways(self) -> Vec<Way> {
        let engine = Rc::new(self);
        let other = engine.clone();
        vec![
            Way {
                name: "request ready",
                ready: Box::new(move |stream| {
                    let engine = engine.clone();
                    let requests = stream.iter().map(request).collect::<Result<Vec<_>>>()?;
                    Ok(Box::new(move |place| engine.decide(&stream[place].tenant, &requests[place])))
                }),
            },
            Way {
                name: "request built",
                ready: Box::new(move |stream| {
                    let engine = other.clone();
                    Ok(Box::new(move |place| engine.decide(&stream[place].tenant, &request(&stream[place])?)))
                }),
            },
        ]
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn request(sign_in: &SignIn) -> Result<Request> {
    let text = |value: &str| Expression::new_string(value.to_string());
    let context = Context::from_pairs([
        ("ip".to_string(), Expression::new_ip(&sign_in.address)),
        ("domain".to_string(), text(sign_in.domain())),
        ("groups".to_string(), Expression::new_set(sign_in.groups.iter().map(|group| text(group)))),
        ("mfa".to_string(), Expression::new_bool(sign_in.mfa)),
        ("hour".to_string(), Expression::new_long(sign_in.hour)),
        ("length".to_string(), Expression::new_long(sign_in.password_length)),
        ("age".to_string(), Expression::new_long(sign_in.password_age)),
    ])?;
    Ok(Request::new(uid(&CLIENT, &sign_in.client), LOGIN.clone(), uid(&CONNECTION, &sign_in.connection), context, None)?)
}

fn quoted<'a>(kind: &str, ids: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", ids.map(|id| format!("{kind}{id:?}")).collect::<Vec<_>>().join(", "))
}

// The policies of one tenant, its constants within them.
fn written(of: &Tenant) -> Result<String> {
    let mut text = String::new();
    for client in &of.clients {
        let ids = client.connections.iter().map(|&place| of.connections[place].id.as_str());
        writeln!(
            text,
            "permit(principal == Client::{:?}, action == Action::\"login\", resource) when {{ {}.contains(resource) }};",
            client.id,
            quoted("Connection::", ids)
        )?;
    }
    for connection in &of.connections {
        if let Some(place) = connection.password {
            let rule = &of.passwords[place];
            writeln!(
                text,
                "forbid(principal, action, resource == Connection::{:?}) when {{ context.length < {} || context.age > {} }};",
                connection.id, rule.shortest, rule.oldest
            )?;
        }
    }
    let networks: Vec<_> = of.networks.iter().map(|network| format!("context.ip.isInRange(ip({network:?}))")).collect();
    let companies = of.connections.iter().filter(|one| one.kind == "enterprise").map(|one| one.id.as_str());
    writeln!(text, "forbid(principal, action, resource) unless {{ context.mfa || {} }};", networks.join(" || "))?;
    writeln!(
        text,
        "forbid(principal, action, resource) when {{ {}.contains(resource) }} unless {{ {}.contains(context.domain) }};",
        quoted("Connection::", companies),
        quoted("", of.domains.iter().map(String::as_str))
    )?;
    writeln!(text, "forbid(principal, action, resource) when {{ context.hour < {} || context.hour >= {} }};", of.open, of.close)?;
    writeln!(text, "forbid(principal, action, resource) when {{ context.groups.contains(\"admin\") && !context.mfa }};")?;
    Ok(text)
}

fn a_set_for_each_tenant(tenants: &[Tenant]) -> Result<Vec<Way>> {
    let mut loaded = HashMap::new();
    for tenant in tenants {
        let policies = Rc::new(written(tenant)?.parse::<PolicySet>()?);
        loaded.insert(tenant.id.clone(), Own { policies, entities: Entities::empty() });
    }
    Ok(Engine { authorizer: Authorizer::new(), tenants: loaded }.ways())
}

const FOR_ALL: &str = r#"
permit(principal, action == Action::"login", resource) when { principal.connections.contains(resource) };
forbid(principal, action, resource) unless { context.mfa || context.ip.isInRange(principal.tenant.network0)
  || context.ip.isInRange(principal.tenant.network1) || context.ip.isInRange(principal.tenant.network2)
  || context.ip.isInRange(principal.tenant.network3) };
forbid(principal, action, resource) when { resource.kind == "enterprise" }
  unless { principal.tenant.domains.contains(context.domain) };
forbid(principal, action, resource) when { context.groups.contains("admin") && !context.mfa };
forbid(principal, action, resource) when { context.hour < principal.tenant.open || context.hour >= principal.tenant.close };
forbid(principal, action, resource)
  when { resource has shortest && (context.length < resource.shortest || context.age > resource.oldest) };
"#;

fn entities(of: &Tenant) -> Result<Entities> {
    let mut made = Vec::new();
    let mut add = |uid: EntityUid, attributes: HashMap<String, Expression>| -> Result<()> {
        made.push(Entity::new(uid, attributes, HashSet::new())?);
        Ok(())
    };
    let domains = of.domains.iter().map(|domain| Expression::new_string(domain.clone()));
    let mut own = HashMap::from([
        ("open".to_string(), Expression::new_long(of.open)),
        ("close".to_string(), Expression::new_long(of.close)),
        ("domains".to_string(), Expression::new_set(domains)),
    ]);
    for (place, network) in of.networks.iter().enumerate() {
        own.insert(format!("network{place}"), Expression::new_ip(network));
    }
    add(uid(&TENANT, &of.id), own)?;
    for connection in &of.connections {
        let mut attributes = HashMap::from([("kind".to_string(), Expression::new_string(connection.kind.clone()))]);
        if let Some(place) = connection.password {
            attributes.insert("shortest".to_string(), Expression::new_long(of.passwords[place].shortest));
            attributes.insert("oldest".to_string(), Expression::new_long(of.passwords[place].oldest));
        }
        add(uid(&CONNECTION, &connection.id), attributes)?;
    }
    for client in &of.clients {
        let connections = client.connections.iter().map(|&place| Expression::new_entity_uid(uid(&CONNECTION, &of.connections[place].id)));
        let attributes = HashMap::from([
            ("tenant".to_string(), Expression::new_entity_uid(uid(&TENANT, &of.id))),
            ("connections".to_string(), Expression::new_set(connections)),
        ]);
        add(uid(&CLIENT, &client.id), attributes)?;
    }
    Ok(Entities::from_entities(made, None)?)
}

fn policies_for_all(tenants: &[Tenant]) -> Result<Vec<Way>> {
    let policies = Rc::new(FOR_ALL.parse::<PolicySet>()?);
    let mut loaded = HashMap::new();
    for tenant in tenants {
        loaded.insert(tenant.id.clone(), Own { policies: policies.clone(), entities: entities(tenant)? });
    }
    Ok(Engine { authorizer: Authorizer::new(), tenants: loaded }.ways())
}

// Half a millisecond and some 30 KB a tenant.
const MOST: usize = 10_000;

fn main() -> Result<()> {
    run(
        "Cedar",
        "cedar-policy",
        &[
            SetUp { name: "a policy set a tenant", most: MOST, load: a_set_for_each_tenant },
            SetUp { name: "policies for all, entities a tenant", most: MOST, load: policies_for_all },
        ],
    )
}
