// The plan as text. It is written plainly and laid out by the formatter; then it is checked, because a file that does not check
// is not one to hand to anybody.
#include "compiler/check/check.h"
#include "compiler/import/plan.h"
#include "compiler/syntax/print.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing {

namespace {

constexpr std::size_t usual_databases = 50;

std::string name_text(const std::string& name) { return syntax::name_text(tree::Name{name, {}}); }

// U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
bool turns(std::string_view character) {
  if (character.size() < 3) return character == "\u061c";
  const auto last = static_cast<unsigned char>(character[2]);
  if (character.starts_with("\xe2\x80")) return last == 0x8e || last == 0x8f || (last >= 0xaa && last <= 0xae);
  return character.starts_with("\xe2\x81") && last >= 0xa6 && last <= 0xa9;
}

class Writer {
 public:
  std::string tenant(const Tenant& tenant, bool with_limit) {
    tenant_ = &tenant;
    text_ = "writ 1\n";
    comment("From " + tenant.origin + ".");
    for (const auto& one : tenant.comments) comment(one);
    if (with_limit && tenant.most_databases > usual_databases)
      line(fmt::format("platform {{\nlimit database connections per client = {}\n}}", tenant.most_databases));
    begin(fmt::format("tenant {}{}", name_text(tenant.name), title(tenant.title)));
    id(tenant);
    for (const auto& declaration : tenant.preamble) line("\n" + declaration);
    branding(tenant.logo, tenant.colors);
    for (const auto& connection : tenant.connections) this->connection(connection);
    for (const auto& client : tenant.clients) this->client(client);
    if (!tenant.zones.empty()) text_ += "\n";
    for (const auto& zone : tenant.zones) line(zone);
    if (!tenant.rules.empty()) text_ += "\n";
    for (const auto& rule : tenant.rules) line(rule);
    if (!in_files_of_their_own(tenant))
      for (const auto& organization : tenant.organizations) this->organization(organization);
    end();
    return std::move(text_);
  }

  // Some of a tenant's organizations as a file of their own.
  std::string organizations(const Tenant& tenant, std::size_t first, std::size_t last, std::size_t before = 0) {
    tenant_ = &tenant;
    text_ = "writ 1\n";
    comment(fmt::format("From {}: organizations {} to {}.", tenant.origin, before + first + 1, before + last));
    begin(fmt::format("extend tenant {}", name_text(tenant.name)));
    for (std::size_t i = first; i < last; ++i) organization(tenant.organizations[i]);
    end();
    return std::move(text_);
  }

 private:
  void line(std::string_view text) { text_ += fmt::format("{}\n", text); }
  void comment(std::string_view text) { line("// " + comment_text(text)); }
  void begin(const std::string& head) { line("\n" + head + " {"); }
  void end() { line("}"); }
  static std::string title(const std::string& text) { return text.empty() ? text : " " + literal(text); }

  void head(const Named& thing, const std::string& opening) {
    text_ += "\n";
    comment(thing.origin);
    for (const auto& one : thing.comments) comment(one);
    line(opening + " {");
    id(thing);
  }
  void id(const Named& thing) {
    if (thing.says_id || thing.wire != thing.name) line("id " + literal(thing.wire));
  }
  void branding(const std::string& logo, const std::vector<std::pair<std::string, std::string>>& colors) {
    if (logo.empty() && colors.empty()) return;
    line("branding {");
    if (!logo.empty()) line("logo " + literal(logo));
    std::vector<std::string> words;
    for (const auto& [name, color] : colors) words.push_back(name + " " + literal(color));
    if (!words.empty()) line(fmt::format("colors {}", fmt::join(words, ", ")));
    line("}");
  }
  void list(std::string_view word, const std::vector<std::string>& values) {
    std::vector<std::string> literals;
    for (const auto& value : values) literals.push_back(literal(value));
    if (!literals.empty()) line(fmt::format("{} {}", word, fmt::join(literals, ", ")));
  }
  void names(std::string_view word, const std::vector<std::size_t>& connections) {
    std::vector<std::string> words;
    for (const auto place : connections) words.push_back(name_text(tenant_->connections[place].name));
    if (!words.empty()) line(fmt::format("{} {}", word, fmt::join(words, ", ")));
  }

  void connection(const Connection& connection) {
    const auto& strategy = strategies[connection.strategy];
    head(connection, fmt::format("connection {} : {}", name_text(connection.name), strategy.name));
    list("domains", connection.domains);
    if (!connection.issuer.empty()) line("issuer " + literal(connection.issuer));
    if (connection.signup_open != (strategy.family != Family::enterprise))
      line(connection.signup_open ? "signup open" : "signup closed");
    if (!connection.settings.empty()) {
      line("settings {");
      for (const auto& [name, value] : connection.settings) line(name + " = " + value);
      line("}");
    }
    for (const auto& statement : connection.statements) line(statement);
    end();
  }

  void client(const Client& client) {
    head(client, fmt::format("client {} : {}", name_text(client.name),
                             client_type_names[static_cast<std::size_t>(client.type)]));
    if (!client.grants.empty()) line(fmt::format("grants {}", fmt::join(client.grants, ", ")));
    list("callbacks", client.callbacks);
    list("origins", client.origins);
    if (!client.lifetimes.empty()) {
      line("lifetimes {");
      for (const auto& [name, seconds] : client.lifetimes) line(fmt::format("{} {}s", name, seconds));
      line("}");
    }
    if (client.organizations != OrganizationUsage::deny)
      line(fmt::format("organizations {}", organization_usage_names[static_cast<std::size_t>(client.organizations)]));
    names("connections", client.connections);
    for (const auto& [domain, via] : client.discover)
      line(fmt::format("discover {} via {}", literal(domain), name_text(tenant_->connections[via].name)));
    end();
  }

  void organization(const Organization& organization) {
    head(organization, fmt::format("organization {}{}", name_text(organization.name), title(organization.title)));
    branding(organization.logo, organization.colors);
    list("domains", organization.domains);
    names("connections", organization.connections);
    if (!organization.joins.empty() && organization.joins.size() == organization.connections.size())
      line("joins on login");
    else
      names("joins on login via", organization.joins);
    end();
  }

  std::string text_;
  const Tenant* tenant_ = nullptr;
};

}  // namespace

std::string comment_text(std::string_view text) {
  constexpr std::size_t longest = 200;
  std::string made;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    const auto character = text.substr(at, end - at);
    if (made.size() + character.size() > longest) return made + "\u2026";
    const bool control =
        character.size() == 1 && (static_cast<unsigned char>(character[0]) < 0x20 || character[0] == 0x7f);
    made += turns(character) || control ? std::string_view(" ") : character;
    at = end;
  }
  return made;
}

std::string grant_left_out(std::string_view grant) { return fmt::format("Grant left out: {}.", grant); }

std::string literal(std::string_view text) { return syntax::string_text(text); }

bool in_files_of_their_own(const Tenant& tenant) { return tenant.organizations.size() > organizations_a_file; }

std::vector<File> organization_files(const Tenant& tenant) {
  std::vector<File> files;
  if (!in_files_of_their_own(tenant)) return files;
  const auto all = tenant.organizations.size();
  for (std::size_t first = 0; first < all; first += organizations_a_file)
    files.push_back({fmt::format("{}.organizations_{:03}.writ", tenant.name, first / organizations_a_file + 1),
                     Writer().organizations(tenant, first, std::min(first + organizations_a_file, all))});
  return files;
}

std::string plain_text(const Tenant& tenant) { return Writer().tenant(tenant, false); }

WrittenSet write_files(Tenant tenant, const std::function<void(std::size_t, std::size_t)>& progress) {
  WrittenSet made;
  const auto name = tenant.name + ".writ";
  if (!in_files_of_their_own(tenant)) {
    auto written = write(tenant);
    made.files.push_back({name, std::move(written.text)});
    made.problem = std::move(written.problem);
    return made;
  }
  // The tenant alone, then each file beside it: a hundred thousand organizations are never trees at once.
  const auto all = tenant.organizations.size();
  auto organizations = std::exchange(tenant.organizations, {});
  auto head = write(tenant);
  made.files.push_back({name, head.text});
  made.problem = std::move(head.problem);
  for (std::size_t first = 0; first < all && made.problem.empty(); first += organizations_a_file) {
    const auto last = std::min(first + organizations_a_file, all);
    tenant.organizations.assign(std::make_move_iterator(organizations.begin() + static_cast<std::ptrdiff_t>(first)),
                                std::make_move_iterator(organizations.begin() + static_cast<std::ptrdiff_t>(last)));
    SourceSet sources;
    Diagnostics diagnostics;
    const auto told = [&] { return render_pretty(diagnostics.sorted(), sources, {.color = false, .max_errors = 5}); };
    const auto file = fmt::format("{}.organizations_{:03}.writ", tenant.name, first / organizations_a_file + 1);
    const auto plain =
        parse(sources, sources.add(file, Writer().organizations(tenant, 0, tenant.organizations.size(), first)),
              Limits{}, diagnostics);
    if (diagnostics.has_errors()) return made.problem = told(), made;
    made.files.push_back({file, format(plain)});
    const auto laid_out = parse(sources, sources.add(file, made.files.back().text), Limits{}, diagnostics);
    const auto main = parse(sources, sources.add(name, made.files.front().text), Limits{}, diagnostics);
    const std::array trees = {&main, &laid_out};
    if (!diagnostics.has_errors()) check_policy(trees, sources, Limits{}, diagnostics);
    if (diagnostics.has_errors()) made.problem = told();
    progress(last, all);
  }
  return made;
}

Written write(const Tenant& tenant) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto told = [&] { return render_pretty(diagnostics.sorted(), sources, {.color = false, .max_errors = 5}); };
  const auto plain = sources.add(tenant.name + ".writ", Writer().tenant(tenant, true));
  const auto tree = parse(sources, plain, Limits{}, diagnostics);
  if (diagnostics.has_errors()) return {std::string(sources.text(plain)), told()};
  Written made{format(tree), {}};
  const auto laid_out = sources.add(tenant.name + ".writ", made.text);
  const auto again = parse(sources, laid_out, Limits{}, diagnostics);
  if (!diagnostics.has_errors()) {
    const std::array trees = {&again};
    check_policy(trees, sources, Limits{}, diagnostics);
  }
  if (diagnostics.has_errors()) made.problem = told();
  return made;
}

}  // namespace writ::importing
