// Who writes a policy: from the whole (policies.cpp) to a tenant (tenants.cpp), its things (things.cpp) and its rules
// (rules.cpp).
#pragma once

#include "tests/agree/expressions.h"
#include "tests/agree/generate.h"

#include <functional>
#include <map>

namespace writ::agree {

class Maker {
 public:
  explicit Maker(Random& random);
  Generated make();

 private:
  using Kind = WordWorld::Kind;
  using Names = std::vector<std::string>;

  void line(const std::string& text) { text_ += std::string(indent_, ' ') + text + "\n"; }
  void block(const std::string& head, const std::function<void()>& body);
  bool chance(int percent) { return random_.chance(percent); }
  std::string fresh(const std::string& stem) { return stem + std::to_string(++count_); }

  // policies.cpp
  std::vector<FactWorld> attributes(const Names& names, int percent, bool of_tenants);
  void top_words();
  void platform();
  void shared_client(const std::string& name);
  TenantWorld template_body();
  void from_template(TenantWorld made, const std::string& name, bool strict);
  void extend(const TenantWorld& made);
  void one_more_deny(const TenantWorld& made);
  void test_and_proof(const TenantWorld& made);

  // tenants.cpp
  TenantWorld tenant(const std::string& name, const std::string& id);
  void tenant_attributes(const TenantWorld& made);
  void hosts(const std::string& name);
  void body(TenantWorld& made);
  void rules(const TenantWorld& made);
  void many_rules(const TenantWorld& made);
  void branding();
  void session(bool of_template = false);
  void lockout(bool of_template = false);
  void zone(const std::string& name, std::vector<ZoneWorld>& zones);
  void password_policy(bool floor);
  void attach_password();

  // things.cpp
  void connections(TenantWorld& made);
  void connection(const TenantWorld& made, ConnectionWorld& connection, const std::string& strategy);
  void clients(TenantWorld& made);
  void client_settings(ClientWorld& client);
  void enable(const TenantWorld& made, ClientWorld& client);
  void organizations(TenantWorld& made);
  void organization(TenantWorld& made, OrganizationWorld& organization);
  void use_in_organization(const TenantWorld& made, const OrganizationWorld& organization, const ClientWorld& client,
                           const std::map<std::string, std::string>& settled);
  Names some_connections(const TenantWorld& made);
  std::map<std::string, Names> contested(const TenantWorld& made, const Names& names) const;

  // rules.cpp
  enum class Where : std::uint8_t { floor, tenant };
  Place floor() const;
  Place inside(const TenantWorld& made) const;
  Place alone(const Place& place);
  void let(Place& place, Kind kind, std::vector<WordWorld>& words);
  void lets(Place& place, std::vector<WordWorld>& words, int percent);
  void condition_word(Kind kind, const Place& place, std::vector<WordWorld>& words);
  void allow(Place place, bool of_everything);
  void deny(Place place, bool report);
  void require(Place place, bool report);
  void rule(const Place& place, Where where);
  ActionMask some_actions(ActionMask among);
  std::string conditions(Place& place, int percent);
  std::string rule_name(const std::string& head);
  std::string on(const Place& place);
  std::string words_for_people();

  Random& random_;
  Expressions expressions_;
  World world_;
  std::string text_;
  std::size_t indent_ = 0;
  int count_ = 0;
};

std::string actions_text(ActionMask mask);

}  // namespace writ::agree
