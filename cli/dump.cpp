// `writ dump`: what each phase made. The model is printed here, because nothing else needs it as text; programs print themselves.
#include "cli/dump.h"

#include "cli/verb.h"
#include "compiler/check/passwords.h"
#include "runtime/program/facts.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  Believing believing;
  std::string policy, tenant, action;
  bool tree = false, model = false, declarations = false, program = false, ir = false;
};

std::string actions_text(ActionMask mask) {
  std::string text;
  for (std::size_t i = 0; i < action_count; ++i)
    if (mask & mask_of(static_cast<Action>(i))) text += (text.empty() ? "" : ", ") + std::string(action_names[i]);
  return text;
}

std::string fact_text(FactId id, const std::vector<program::Attribute>& attributes) {
  if (index(id) < builtin_facts.size()) return std::string(builtin_facts[index(id)].name);
  const std::size_t own = index(id) - builtin_facts.size();
  return own < attributes.size() ? attributes[own].name : fmt::format("fact{}", index(id));
}

// One node of the model a line, arguments by number, in the order of the arena.
std::string model_node(const model::Expr& node, const model::Tenant& tenant) {
  const program::OpRow& row = program::row_of(node.op);
  std::string text(row.name);
  if (row.operands[0] == program::Operand::fact) text += " " + fact_text(node.fact, tenant.structure.attributes);
  for (const model::ExprId operand : node.operands) text += fmt::format(" #{}", static_cast<std::uint32_t>(operand));
  if (node.op == program::Op::element) text += fmt::format(" depth {}", node.depth);
  if (node.leaf) text += fmt::format("  // {}", node.text);
  return text;
}

std::string model_rule(const model::Rule& rule, const model::Tenant& tenant, const SourceSet& sources) {
  std::string text =
      fmt::format("  rule {}  {}\n    {}\n    actions {}; condition #{}\n", rule.id, sources.place(rule.span),
                  rule.text, actions_text(rule.actions), static_cast<std::uint32_t>(rule.condition));
  for (const model::Alternative& one : rule.alternatives)
    text += fmt::format("    {} satisfied #{}\n", one.text, static_cast<std::uint32_t>(one.satisfied));
  std::string mentions;
  for (const FactId id : rule.mentions)
    mentions += (mentions.empty() ? "" : ", ") + fact_text(id, tenant.structure.attributes);
  if (!mentions.empty()) text += "    mentions " + mentions + "\n";
  if (!rule.message.empty()) text += fmt::format("    message: {}\n", safe(rule.message));
  if (!rule.note.empty()) text += fmt::format("    note: {}\n", safe(rule.note));
  return text;
}

std::string ended(std::string text) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

// Of a connection whose policy asks for something.
std::string password_text(const program::PasswordProgram& one, const program::Part& part) {
  if (one.requirements.empty() && one.others.empty()) return {};
  auto text = fmt::format("passwords of {} of {}{}\n", part.connections[one.connection].id, part.id,
                          one.normalize ? ", normalized" : "");
  for (std::size_t i = 0; i < one.requirements.size(); ++i)
    text += fmt::format("requirement {} {}  {}  {}\n", i, one.requirements[i].text, one.requirements[i].origin,
                        one.requirements[i].place);
  for (const auto& other : one.others)
    text += fmt::format("beside {}  {}  {}\n", other.text, other.origin, other.place);
  return text + ended(program::print(*one.shape)) + ended(program::print(*one.shape, one.row.bytes()));
}

int dump(const Options& options, Console& console) {
  if (options.tree + options.model + options.declarations + options.program + options.ir > 1) {
    console.err("writ dump: one of --tree, --model, --declarations, --program and --ir at a time\n");
    return exit_usage;
  }
#if !WRIT_WITH_JIT
  if (options.ir) {
    console.err("writ: this build has no machine code\n");
    return exit_failure;
  }
#endif
  DumpSelection selection{options.tenant, std::nullopt};
  const std::optional<std::uint8_t> action = index_of(action_names, options.action);
  if (!options.action.empty() && !action) {
    console.err("writ: " + no_such_action(options.action) + "\n");
    return exit_usage;
  }
  if (action) selection.action = static_cast<Action>(*action);
  Pipeline pipeline;
  const std::string paths[] = {options.policy};
  const bool checked = options.model || options.declarations;
  const Phase until = options.tree ? Phase::load : checked ? Phase::check : Phase::lower;
  if (const int built = build(paths, {.until = until, .believing = &options.believing}, console, pipeline);
      built != exit_ok)
    return built;
  const std::string text = options.tree           ? dump_tree(pipeline.loaded)
                           : options.model        ? dump_model(pipeline, selection)
                           : options.declarations ? dump_declarations(pipeline, selection)
                           : options.ir           ? dump_ir(pipeline, selection)
                                                  : dump_program(pipeline, selection);
  if (text.empty()) {
    console.err(
        "writ: " + (options.tenant.empty() ? "the policy has no tenant" : no_such_tenant(pipeline, options.tenant)) +
        "\n");
    return exit_usage;
  }
  console.out(text);
  return exit_ok;
}

}  // namespace

std::string dump_model(const Pipeline& pipeline, const DumpSelection& selection) {
  std::string text;
  for (const model::Tenant& tenant : pipeline.policy.tenants) {
    if (!selection.takes(tenant.structure.id)) continue;
    text += fmt::format("tenant {} \"{}\"  {}\n", tenant.structure.id, tenant.structure.title, tenant.place);
    for (const program::ClientRecord& client : tenant.structure.clients)
      text += fmt::format("  client {} : {}\n", client.id, client_type_names[static_cast<std::size_t>(client.type)]);
    for (const program::ConnectionRecord& connection : tenant.structure.connections)
      text += fmt::format("  connection {} : {}\n", connection.id,
                          connection.strategy < strategies.size() ? strategies[connection.strategy].name : "?");
    for (const program::OrganizationRecord& organization : tenant.structure.organizations)
      text += fmt::format("  organization {}\n", organization.id);
    for (const model::Rule& rule : tenant.rules)
      if (!selection.action || (rule.actions & mask_of(*selection.action)))
        text += model_rule(rule, tenant, pipeline.loaded.sources);
    for (const model::EffectivePassword& password : tenant.passwords)
      for (const model::PasswordRequirement& one : password.requirements)
        text += fmt::format("  password of connection {}: {} ({}){}\n",
                            tenant.structure.connections[password.connection].id,
                            check::requirement_text(one.requirement), one.origin, one.implied ? ", implied" : "");
    for (std::size_t i = 0; i < tenant.expressions.size(); ++i)
      text += fmt::format("  #{} {}\n", i, model_node(tenant.expressions[i], tenant));
  }
  return text;
}

std::string dump_program(const Pipeline& pipeline, const DumpSelection& selection) {
  std::string text;
  for (const program::Part& part : pipeline.parts) {
    if (!selection.takes(part.id)) continue;
    text += fmt::format("part {}\n", part.id);
    for (std::size_t i = 0; i < action_count; ++i) {
      const program::ActionProgram& one = part.programs[i];
      if (!selection.takes(i) || !one.shape || (one.rules.empty() && !selection.action)) continue;
      text += fmt::format("program {} of {}\n", action_names[i], part.id);
      for (const FactId id : one.required) text += fmt::format("required {}\n", fact_text(id, part.attributes));
      for (std::size_t rule = 0; rule < one.rules.size(); ++rule)
        text += fmt::format("rule {} {}  {}\n", rule, one.rules[rule].id, one.rules[rule].place);
      for (std::size_t entry = 0; entry < one.entries.size(); ++entry)
        text += fmt::format("entry {} {}\n", entry, one.entries[entry]);
      text += ended(program::print(*one.shape)) + ended(program::print(*one.shape, one.row.bytes()));
    }
    if (!selection.action)
      for (const program::PasswordProgram& one : part.passwords) text += password_text(one, part);
  }
  return text;
}

std::string dump_ir(const Pipeline& pipeline, const DumpSelection& selection) {
  std::string text;
#if WRIT_WITH_JIT
  for (const program::Part& part : pipeline.parts) {
    if (!selection.takes(part.id)) continue;
    for (std::size_t i = 0; i < action_count; ++i) {
      const program::ActionProgram& one = part.programs[i];
      if (!selection.takes(i) || !one.shape || (one.rules.empty() && !selection.action)) continue;
      text += fmt::format("; {} of {}\n{}", action_names[i], part.id, emit_text(*one.shape));
    }
    if (!selection.action)
      for (const program::PasswordProgram& one : part.passwords)
        if (!one.requirements.empty())
          text += fmt::format("; passwords of {} of {}\n{}", part.connections[one.connection].id, part.id,
                              emit_text(*one.shape));
  }
#else
  (void)pipeline, (void)selection;
#endif
  return text;
}

void declare_dump(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("dump", "what each phase of the compiler makes");
  verb->add_option("POLICY", options->policy, "a file, a folder, - for standard input, or a bundle")->required();
  verb->add_option("--tenant", options->tenant, "of this tenant alone")->type_name("ID");
  verb->add_option("--action", options->action, "of this action alone")->type_name("ACTION");
  verb->add_flag("--tree", options->tree, "what was written");
  verb->add_flag("--model", options->model, "what it means, names resolved");
  verb->add_flag("--declarations", options->declarations, "what each tenant comes to, as JSON for scripts");
  verb->add_flag("--program", options->program, "what runs: shapes and rows (default)");
  verb->add_flag("--ir", options->ir, "machine code before optimisation, as LLVM writes it");
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ dump --program --tenant acme --action login my-policy",
                       "writ dump --tree my-policy/acme.writ", "writ dump --declarations my-policy"});
  runs(*verb, invocation, [options, &invocation] { return dump(*options, invocation.console); });
}

}  // namespace writ::cli
