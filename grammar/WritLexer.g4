// Words, numbers and marks of Writ.
//
// Twenty hard words are never names. Every other word of the language has a token of its own so that the parser knows
// it, and rule `name` of the parser takes it back as a name: a new version may add words without breaking a policy.
// A word after a dot is one token with its dot (MEMBER), so any word at all may stand there.
//
// Numbers are lexed by shape, loosely, and judged when the tree is built (10.0.0.999 is one token and a bad address);
// the longest match wins, so WORDLIKE_NUMBER takes `15minutes` as one bad number and never splits it.
//
// The rules from the second half that end in a complaint (UNTERMINATED, FOREIGN, WRONG) are tokens no parser rule
// mentions: the parser stops at them and the message says what they are. So the lexer itself never fails.
lexer grammar WritLexer;

// ---------------------------------------------------------------------------------------------------------- hard words
AND : 'and' ;
OR : 'or' ;
NOT : 'not' ;
IN : 'in' ;
HAS : 'has' ;
ELSE : 'else' ;
WHEN : 'when' ;
UNLESS : 'unless' ;
ON : 'on' ;
ANY : 'any' ;
ALL : 'all' ;
TRUE : 'true' ;
FALSE : 'false' ;
MATCHES : 'matches' -> pushMode(PATTERN) ;
STARTS : 'starts' ;
ENDS : 'ends' ;
CONTAINS : 'contains' ;
WITH : 'with' ;

// ---------------------------------------------------------------------------------------------------------- soft words
WRIT : 'writ' ;
IMPORT : 'import' ;
ATTRIBUTES : 'attributes' ;
PLATFORM : 'platform' ;
CLIENT : 'client' ;
TENANT : 'tenant' ;
EXTEND : 'extend' ;
TEMPLATE : 'template' ;
FROM : 'from' ;
LET : 'let' ;
OBLIGATION : 'obligation' ;
SATISFIED : 'satisfied' ;
FIXTURE : 'fixture' ;
TEST : 'test' ;
PROVE : 'prove' ;

ALLOW : 'allow' ;
DENY : 'deny' ;
REQUIRE : 'require' ;
REPORT : 'report' ;
FOR : 'for' ;
MESSAGE : 'message' ;
NOTE : 'note' ;

SESSION : 'session' ;
IDLE : 'idle' ;
ABSOLUTE : 'absolute' ;
LOCKOUT : 'lockout' ;
ATTEMPTS : 'attempts' ;
PER : 'per' ;
IDENTIFIER : 'identifier' ;
IP : 'ip' ;
WITHIN : 'within' ;
BLOCK : 'block' ;
EXEMPT : 'exempt' ;
ZONE : 'zone' ;
COUNTRY : 'country' ;
ASN : 'asn' ;
BRANDING : 'branding' ;
LOGO : 'logo' ;
COLORS : 'colors' ;
FEATURES : 'features' ;
ID : 'id' ;
CONNECTION : 'connection' ;
CONNECTIONS : 'connections' ;
ORGANIZATION : 'organization' ;
ORGANIZATIONS : 'organizations' ;
USE : 'use' ;
CALLBACKS : 'callbacks' ;
ORIGINS : 'origins' ;
DOMAINS : 'domains' ;
HOSTS : 'hosts' ;
ISSUERS : 'issuers' ;
ISSUER : 'issuer' ;
GRANTS : 'grants' ;
LIFETIMES : 'lifetimes' ;
ACCESS_TOKEN : 'access_token' ;
REFRESH_TOKEN : 'refresh_token' ;
ID_TOKEN : 'id_token' ;
SIGNUP : 'signup' ;
OPEN : 'open' ;
CLOSED : 'closed' ;
MEMBERS : 'members' ;
REQUIRED : 'required' ;
JOINS : 'joins' ;
LOGIN : 'login' ;
VIA : 'via' ;
SETTINGS : 'settings' ;
DISCOVER : 'discover' ;
LIMIT : 'limit' ;
DATABASE : 'database' ;

FLOOR : 'floor' ;
PASSWORD : 'password' ;
LENGTH : 'length' ;
UTF16 : 'utf16' ;
NORMALIZE : 'normalize' ;
NFKC : 'nfkc' ;
BYTES : 'bytes' ;
CLASSES : 'classes' ;
OF : 'of' ;
ASCII : 'ascii' ;
UNICODE : 'unicode' ;
AT : 'at' ;
LEAST : 'least' ;
LOWER : 'lower' ;
UPPER : 'upper' ;
DIGIT : 'digit' ;
DIGITS : 'digits' ;
SYMBOL : 'symbol' ;
SYMBOLS : 'symbols' ;
MIN : 'min' ;
MAX : 'max' ;
REPEATS : 'repeats' ;
AGE : 'age' ;
NO : 'no' ;
SEQUENCES : 'sequences' ;
HISTORY : 'history' ;
REJECT : 'reject' ;
COMMON : 'common' ;
TOP : 'top' ;
BREACHED : 'breached' ;
PERSONAL : 'personal' ;
WORDS : 'words' ;
STRENGTH : 'strength' ;
EXPIRES : 'expires' ;
AFTER : 'after' ;

ONE : 'one' ;
SET : 'set' ;
LIST : 'list' ;
INT_WORD : 'int' ;

TO : 'to' ;
WITHOUT : 'without' ;
EXPECT : 'expect' ;
WOULD_BE : 'would_be' ;
CHALLENGE : 'challenge' ;
BY : 'by' ;
FAULT : 'fault' ;
ACCEPTED : 'accepted' ;
REFUSED : 'refused' ;
SNAPSHOT : 'snapshot' ;
ALLOWED : 'allowed' ;
CHALLENGED : 'challenged' ;
DENIED : 'denied' ;
IMPLIES : 'implies' ;

WORD : LETTER WORDCHAR* ;
MEMBER : '.' LETTER WORDCHAR* ;

// ------------------------------------------------------------------------------------------------------------- numbers
INTEGER : DIGITCHAR+ ;
DURATION : (DIGITCHAR+ ('ms' | [dhms]))+ ;
CLOCK : DIGITCHAR DIGITCHAR ':' DIGITCHAR DIGITCHAR ;
TIME : DATE 'T' DIGITCHAR DIGITCHAR ':' DIGITCHAR DIGITCHAR (':' DIGITCHAR DIGITCHAR ('.' DIGITCHAR+)?)? ('Z' | OFFSET) ;
ADDRESS : QUAD | SIX ;
CIDR : (QUAD | SIX) '/' DIGITCHAR+ ;
WORDLIKE_NUMBER : DIGITCHAR (WORDCHAR | [.:] WORDCHAR)* ('/' WORDCHAR+)? ;
TIMELIKE : DATE ('T' (WORDCHAR | ':' | '.' WORDCHAR)*)? OFFSET? ;

fragment LETTER : [A-Za-z_] ;
fragment WORDCHAR : [A-Za-z0-9_] ;
fragment DIGITCHAR : [0-9] ;
fragment HEX : [0-9A-Fa-f] ;
fragment DATE : DIGITCHAR DIGITCHAR DIGITCHAR DIGITCHAR '-' DIGITCHAR DIGITCHAR '-' DIGITCHAR DIGITCHAR ;
fragment OFFSET : [+-] DIGITCHAR DIGITCHAR ':' DIGITCHAR DIGITCHAR ;
fragment QUAD : DIGITCHAR+ '.' DIGITCHAR+ '.' DIGITCHAR+ '.' DIGITCHAR+ ;
// With `::` or seven colons (six before a dotted tail), so that `name : type` and `any g in s : e` stay what they are. The
// groups are counted: looking for a `::` must not read the rest of a file that is `a:a:a:…` at each of its words.
fragment SIX
  : HEXES? '::' (HEXES | TAIL)? ('::' HEXES?)*   // a second `::` is no address, and one mistake
  | HEX+ ':' HEX+ ':' HEX+ ':' HEX+ ':' HEX+ ':' HEX+ ':' (HEX+ ':' HEX+ | QUAD)
  ;
fragment HEXES : HEX+ (':' HEX+ (':' HEX+ (':' HEX+ (':' HEX+ (':' HEX+ (':' HEX+)?)?)?)?)?)? ;
fragment TAIL : (HEX+ ':' (HEX+ ':' (HEX+ ':' (HEX+ ':' (HEX+ ':')?)?)?)?)? QUAD ;

// ----------------------------------------------------------------------------------------------------- strings, marks
STRING : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' ;

LBRACE : '{' ;
RBRACE : '}' ;
LPAREN : '(' ;
RPAREN : ')' ;
LBRACKET : '[' ;
RBRACKET : ']' ;
COMMA : ',' ;
SEMICOLON : ';' ;
COLON : ':' ;
QUESTION : '?' ;
ASSIGN : '=' ;
EQ : '==' ;
NE : '!=' ;
LE : '<=' ;
GE : '>=' ;
LT : '<' ;
GT : '>' ;
PLUS : '+' ;
MINUS : '-' ;
RANGE : '..' ;
DOT : '.' ;

BLANK : [ \t\r\n]+ -> skip ;
COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;

// ------------------------------------------------------------------------------------------------ what no rule accepts
UNTERMINATED : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? ;
FOREIGN : WORDCHAR* ~[\u0000-\u007F] (WORDCHAR | ~[\u0000-\u007F])* ;
WRONG : '&&' | '||' | '===' | '!==' | '=~' | '/*' | '<>' | '=>' | '->' | ':=' | '...' | '\'' ~['\r\n]* '\'' | '#' ~[\r\n]* | . ;

// ------------------------------------------------------------------- after `matches`: one glob string or one /pattern/
mode PATTERN;
GLOB : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' -> type(STRING), popMode ;
REGEX : '/' ~[/\\\r\n*] (~[/\\\r\n] | '\\' ~[\r\n])* '/' -> popMode ;
REGEX_ESCAPED : '/' '\\' ~[\r\n] (~[/\\\r\n] | '\\' ~[\r\n])* '/' -> type(REGEX), popMode ;
PATTERN_BLANK : [ \t\r\n]+ -> skip ;
PATTERN_COMMENT : '//' ~[\r\n]* -> type(COMMENT), channel(HIDDEN) ;
PATTERN_RBRACE : '}' -> type(RBRACE), popMode ;
PATTERN_LBRACE : '{' -> type(LBRACE), popMode ;
PATTERN_RPAREN : ')' -> type(RPAREN), popMode ;
PATTERN_SEMICOLON : ';' -> type(SEMICOLON), popMode ;
PATTERN_UNTERMINATED : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? -> type(UNTERMINATED), popMode ;
REGEX_UNTERMINATED : '/' (~[/\\\r\n] | '\\' ~[\r\n])* '\\'? -> popMode ;
PATTERN_WORD : LETTER WORDCHAR* -> type(WORD), popMode ;
PATTERN_WRONG : . -> type(WRONG), popMode ;
