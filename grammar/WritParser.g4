// The grammar of Writ. No actions and no predicates; nearly every decision takes one token, so that parsing is linear
// and a mistake is found at the token that makes it.
//
// Two things are flat here that are trees in the meaning, so that a hundred thousand of them need no recursion: `and`,
// `or`, `not` and quantifiers stand in rule `expression` as one row of conditions with prefixes, and sums are rows as
// well; compiler/syntax gives them their precedence. Where a rule is more generous than the language (clauses twice,
// statements in the wrong block, `a < b < c`), the tree builder says what is wrong: it has better words than "expected".
//
//   rule              tree node (compiler/syntax/tree.h)      example
//   header            Tree::version                           writ 1
//   declaration       Declaration                             tenant acme "Acme" { … }
//   item              Item                                    allow login when user.email_verified
//   allowDeny,require Rule                                    report deny login "x" on staff unless e
//   obligation        Obligation                              mfa within 15m
//   passwordItem      PasswordDecl or PasswordUse             floor password p : q { … }   password auth0.good
//   requirement       Requirement, one or several             reject common top 1000, breached
//   requestLine       Question                                login to acme.admin via staff { request.asn = 3 }
//   clockLine         Clock                                   after 20m
//   proveLine         ProveStatement                          login to acme allowed implies session.mfa
//   expression        And, Or, Not, Quantifier                a and not b or any g in s : c
//   comparison        Compare, Matches, Range, ClockWindow    request.time in 08:00..18:00 "Europe/Berlin" on weekdays
//   sum               Arithmetic                              request.time - user.created
//   fallback          Else                                    user.department else "IT"
//   primary           Literal, Path, Has, Call, List          lower(user.email)
parser grammar WritParser;
options { tokenVocab = WritLexer; }

file : header declaration* EOF ;
header : WRIT INTEGER ;

declaration
  : ( importDecl | attributesDecl | platformDecl | clientDecl | tenantDecl | extendDecl | templateDecl | letDecl
    | obligationDecl | fixtureDecl | testDecl | proveDecl ) SEMICOLON?
  ;

importDecl : IMPORT STRING ;
platformDecl : PLATFORM block ;
tenantDecl : TENANT wireName STRING? instance? block? ;
instance : FROM wireName arguments ;
extendDecl : EXTEND TENANT wireName block ;
templateDecl : TEMPLATE wireName LPAREN (parameter (COMMA parameter)*)? RPAREN block ;
parameter : name COLON parameterType ;
parameterType : LIST OF name | INT_WORD bounds? | name ;

attributesDecl : ATTRIBUTES LBRACE (attribute SEMICOLON?)* RBRACE ;
attribute : name MEMBER* COLON type ;
type : (ONE OF name (COMMA name)* | SET OF name | INT_WORD bounds? | name) QUESTION? ;
bounds : signedInteger RANGE signedInteger ;
signedInteger : MINUS? INTEGER ;

letDecl : LET name ASSIGN expression ;
obligationDecl : OBLIGATION name SATISFIED WHEN expression ;

// -------------------------------------------------------------------------------------------------------------- blocks
block : LBRACE items RBRACE ;
items : (item SEMICOLON?)* ;
item
  : allowDeny | require | letDecl | obligationDecl | attributesDecl | clientDecl | connectionDecl | organizationDecl
  | useDecl | sessionItem | lockoutItem | zoneItem | passwordItem | brandingItem | featuresItem | idItem | tenantSetting
  | connectionsItem | callbacksItem | originsItem | domainsItem | hostsItem | issuersItem | issuerItem | grantsItem
  | lifetimesItem | signupItem | organizationsItem | membersItem | joinsItem | settingsItem | discoverItem | limitItem
  ;

clientDecl : CLIENT wireName COLON name block? ;
connectionDecl : CONNECTION wireName COLON name block? ;
organizationDecl : ORGANIZATION wireName STRING? block? ;
useDecl : USE wireName block? ;

// --------------------------------------------------------------------------------------------------------------- rules
allowDeny : REPORT? (ALLOW | DENY) name (COMMA name)* STRING? ruleTail ;
require : REPORT? REQUIRE choice forActions? STRING? forActions? ruleTail ;
ruleTail : onConnections? whenClause? unlessClause? messageClause? noteClause? ;
forActions : FOR name (COMMA name)* ;
onConnections : ON wireNames ;
whenClause : WHEN expression ;
unlessClause : UNLESS expression ;
messageClause : MESSAGE STRING ;
noteClause : NOTE STRING ;
choice : obligation (OR obligation)* ;
obligation : name arguments? within? ;
within : WITHIN primary ;
arguments : LPAREN (sum (COMMA sum)*)? RPAREN ;

// ------------------------------------------------------------------------------------------------------------ settings
sessionItem : SESSION LBRACE (sessionEntry SEMICOLON?)* RBRACE ;
// A word in the place of a number is a template's parameter or a let.
sessionEntry : (IDLE | ABSOLUTE) (DURATION | WORD) ;
lockoutItem : LOCKOUT LBRACE (lockoutEntry SEMICOLON?)* RBRACE ;
lockoutEntry
  : (INTEGER | WORD) ATTEMPTS PER (IDENTIFIER (AND IP)? | IP) (WITHIN (DURATION | WORD))?
  | BLOCK (DURATION | WORD)
  | EXEMPT network (COMMA network)*
  ;
network : ADDRESS | CIDR ;
zoneItem : ZONE name ASSIGN zonePart (COMMA zonePart)* ;
zonePart : network | COUNTRY STRING | ASN INTEGER ;
brandingItem : BRANDING LBRACE (brandingEntry SEMICOLON?)* RBRACE ;
brandingEntry : LOGO STRING | COLORS color (COMMA color)* ;
color : name STRING ;
featuresItem : FEATURES wireNames ;
idItem : ID sum ;
tenantSetting : TENANT MEMBER+ ASSIGN sum ;
connectionsItem : CONNECTIONS wireNames ;
callbacksItem : CALLBACKS values ;
originsItem : ORIGINS values ;
domainsItem : DOMAINS values ;
hostsItem : HOSTS values ;
issuersItem : ISSUERS values ;
issuerItem : ISSUER sum ;
grantsItem : GRANTS wireNames ;
lifetimesItem : LIFETIMES LBRACE (lifetime SEMICOLON?)* RBRACE ;
lifetime : (ACCESS_TOKEN | REFRESH_TOKEN | ID_TOKEN) (DURATION | WORD) ;
signupItem : SIGNUP (OPEN | CLOSED) ;
organizationsItem : ORGANIZATIONS (DENY | ALLOW | REQUIRE) ;
membersItem : MEMBERS REQUIRED ;
joinsItem : JOINS ON LOGIN (VIA wireNames)? ;
settingsItem : SETTINGS LBRACE (setting SEMICOLON?)* RBRACE ;
setting : name ASSIGN sum ;
discoverItem : DISCOVER STRING VIA wireName ;
limitItem : LIMIT DATABASE CONNECTIONS PER CLIENT ASSIGN INTEGER ;
values : sum (COMMA sum)* ;

// ----------------------------------------------------------------------------------------------------------- passwords
passwordItem : FLOOR? PASSWORD (requirements | wireName (COLON wireName requirements | ASSIGN preset | requirements | presetTail)?) ;
preset : name MEMBER* arguments? ;
presetTail : MEMBER+ arguments? | arguments ;
requirements : LBRACE (requirement SEMICOLON?)* RBRACE ;
requirement
  : LENGTH (INTEGER | WORD)? RANGE (INTEGER | WORD)? (UTF16 | BYTES)?
  | CLASSES (INTEGER | WORD) OF characterClass (COMMA characterClass)* (ASCII | UNICODE UTF16?)?
  | AT LEAST (INTEGER | WORD) characterClass (ASCII | UNICODE UTF16?)?
  | MAX REPEATS (INTEGER | WORD) UTF16?
  | MAX AGE (DURATION | WORD)
  | MIN AGE (DURATION | WORD)
  | NO SEQUENCES (INTEGER | WORD)
  | HISTORY (INTEGER | WORD)
  | REJECT (rejected (COMMA rejected)* | WORDS LBRACKET (STRING (COMMA STRING)*)? RBRACKET | CONTAINS wireNames | MATCHES pattern)
  | STRENGTH GE (INTEGER | WORD)
  | EXPIRES AFTER (DURATION | WORD)
  | NORMALIZE NFKC
  ;
characterClass : LOWER | UPPER | DIGIT | DIGITS | SYMBOL | SYMBOLS ;
rejected : COMMON (TOP (INTEGER | WORD))? | BREACHED | PERSONAL ;

// ---------------------------------------------------------------------------------------------------- tests and proofs
fixtureDecl : FIXTURE name facts ;
testDecl : TEST STRING LBRACE (step SEMICOLON?)* RBRACE ;
step : expectLine | passwordLine | clockLine | requestLine ;
requestLine : action TO targets cells facts? ;
action : LOGIN | SIGNUP | WORD ;  // the other actions are no words of the grammar; so only they begin a request
targets : target (COMMA target)* ;
target : wireName (MEMBER | DOT STRING)? ;
cells : inNames? viaNames? withNames* ;
inNames : IN wireNames ;
viaNames : VIA wireNames ;
withNames : WITH name (COMMA name)* ;
facts : LBRACE (factLine SEMICOLON?)* RBRACE ;
factLine : WITHOUT name MEMBER* | name MEMBER* ASSIGN sum ;
passwordLine : PASSWORD STRING FOR target (AT name)? facts? ;
clockLine : AT TIME | AFTER DURATION ;
expectLine
  : ELSE? EXPECT WOULD_BE? (ALLOW | DENY | CHALLENGE | ACCEPTED | REFUSED | SNAPSHOT) (choice (COMMA choice)*)? byNames?
    (FAULT name)? (FOR targets)? cells
  ;
byNames : BY byName (COMMA byName)* ;
byName : STRING | name MEMBER* ;
proveDecl : PROVE STRING LBRACE (proveLine SEMICOLON?)* RBRACE ;
proveLine : action (TO target (IN wireName)?)? (VIA wireName)? (ALLOWED | CHALLENGED | DENIED) byNames? IMPLIES expression ;

// --------------------------------------------------------------------------------------------------------- expressions
// `else` binds tighter than comparisons; behind `in` the tree builder gives it the whole membership.
// `any g in s :` is a prefix like `not`; what it binds reaches as far right as the expression goes.
expression : prefix* comparison ((AND | OR) prefix* comparison)* ;
prefix : NOT | (ANY | ALL) name IN sum COLON ;
comparison : sum comparisonTail* ;
comparisonTail
  : (EQ | NE | LT | LE | GT | GE | STARTS WITH | ENDS WITH | CONTAINS) sum
  | NOT? IN sum (RANGE sum STRING? (ON name (COMMA name)*)?)?
  | MATCHES pattern
  ;
pattern : STRING | REGEX ;
sum : fallback ((PLUS | MINUS) fallback)* ;
fallback : primary (ELSE primary)* ;
primary
  : HAS name MEMBER*
  | name MEMBER* arguments?
  | LPAREN expression RPAREN
  | LBRACKET (sum (COMMA sum)*)? RBRACKET
  | MINUS? INTEGER
  | TRUE | FALSE | STRING | DURATION | TIME | CLOCK | ADDRESS | CIDR
  ;

// --------------------------------------------------------------------------------------------------------------- names
wireNames : wireName (COMMA wireName)* ;
wireName : name | STRING ;
name
  : WORD
  | WRIT | IMPORT | ATTRIBUTES | PLATFORM | CLIENT | TENANT | EXTEND | TEMPLATE | FROM | LET | OBLIGATION | SATISFIED
  | TEST | PROVE | ALLOW | DENY | REQUIRE | REPORT | FOR | MESSAGE | NOTE | SESSION | IDLE | ABSOLUTE | LOCKOUT
  | ATTEMPTS | PER | IDENTIFIER | IP | WITHIN | BLOCK | EXEMPT | ZONE | COUNTRY | ASN | BRANDING | LOGO | COLORS
  | FEATURES | ID | CONNECTION | CONNECTIONS | ORGANIZATION | ORGANIZATIONS | USE | CALLBACKS | ORIGINS | DOMAINS
  | HOSTS | ISSUERS | ISSUER | GRANTS | LIFETIMES | ACCESS_TOKEN | REFRESH_TOKEN | ID_TOKEN | SIGNUP | OPEN | CLOSED
  | MEMBERS | REQUIRED | JOINS | LOGIN | VIA | SETTINGS | DISCOVER | LIMIT | DATABASE | FLOOR | PASSWORD | LENGTH
  | UTF16 | BYTES | CLASSES | OF | ASCII | UNICODE | AT | LEAST | LOWER | UPPER | DIGIT | DIGITS | SYMBOL | SYMBOLS
  | MIN | MAX | REPEATS | AGE | NO | SEQUENCES | HISTORY | REJECT | COMMON | TOP | BREACHED | PERSONAL | WORDS
  | STRENGTH | EXPIRES | AFTER | ONE | SET | LIST | INT_WORD | TO | WITHOUT | EXPECT | WOULD_BE | CHALLENGE | BY | FAULT
  | ALLOWED | CHALLENGED | DENIED | IMPLIES | NORMALIZE | NFKC | ACCEPTED | REFUSED | FIXTURE | SNAPSHOT
  ;
