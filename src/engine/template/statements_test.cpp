// Statements and white space.
// What jinja2 3.1.6 says of each, with the settings of transformers; recorded, not
// worked out by hand.
#include <doctest/doctest.h>

#include <span>

#include "engine/template/outcome_for_tests.h"

namespace temper::engine {
namespace {

struct Row {
  std::string_view source;
  std::string_view text;
};

void check(std::span<const Row> rows) {
  for (const Row& row : rows) {
    INFO(row.source);
    CHECK(outcome(row.source) == row.text);
  }
}

TEST_CASE("statements: white space") {
  const Row rows[] = {
      {"a\n{% if t %}\n  b\n{% endif %}\nc\n", "a\n  b\nc"},
      {"a\n  {% if t %}  \nb\n  {%- endif %}  c", "a\n  \nb  c"},
      {"  {% if t %}x{% endif %}\n\n y\n", "x\n y"},
      {"{% for x in l %}\n  {{ x }}\n{% endfor %}\nend\n\n", "  3\n  1\n  2\nend\n"},
      {"{% for x in l -%}\n  {{ x }}\n{%- endfor %}\nend", "312end"},
      {"{%- for x in l +%}\n {{ x }}{% endfor %}", "\n 3\n 1\n 2"},
      {"a   {%+ if t %}b{% endif +%}\nc", "a   b\nc"},
      {"a {#- c -#} b\n{# x #}\nz", "ab\nz"},
      {"a {# c #}\n b", "a  b"},
      {"a {#+ c +#}\n b", "a \n b"},
      {"  {# c #}  x", "  x"},
      {"{% raw %}\n{{ x }} {% if %}\n{% endraw %}\ny", "\n{{ x }} {% if %}\ny"},
      {"a  {%- raw -%}  {{ x }}  {%- endraw -%}  b", "a{{ x }}b"},
      {"{% raw %} {% endraw %}|", " |"},
      {"{{ '}}' }} {{ '{%' }}", "}} {%"},
      {"{{ {'a': {'b': 1}}['a'] }}", "{'b': 1}"},
      {"{{- s -}}  \n x", "Hello, Worldx"},
      {" {{- s }} ", "Hello, World "},
      {"x\r\ny\rz\n", "x\ny\nz"},
      {"{%- if true -%}\n\n  x  \n\n{%- endif -%}\n\n y", "xy"},
      {"\n\n{% if true %}\nx\n{% endif %}\n\n", "\n\nx\n"},
      {"{{ s }}\n{{ s }}\n", "Hello, World\nHello, World"},
      {"{{ s }}\n\n", "Hello, World\n"},
      {"\n", ""},
      {"", ""},
      {"{% if true %}\n{% endif %}", ""},
      {"   {% if true %}   \n   {% endif %}   ", "   \n   "},
      {"x {% if true %} y {% endif %} z", "x  y  z"},
      {"{%if t%}x{%endif%}", "x"},
      {"{{s}}{{-s-}}{{ s}}", "Hello, WorldHello, WorldHello, World"},
      {"\t{%- set x = 1 %}\n{{ x }}", "1"},
  };
  check(rows);
}

TEST_CASE("statements: what they do") {
  const Row rows[] = {
      {"{% set x = 1 %}{% for i in l %}{% set x = i %}{{ x }}{% endfor %}{{ x }}", "3121"},
      {"{% set ns = namespace(x=1) %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x "
       "}}",
       "7"},
      {"{% set x = 1 %}{% for i in l %}{{ x }}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}",
       "1212121"},
      {"{% if t %}{% set y = 5 %}{% endif %}{{ y }}", "5"},
      {"{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ "
       "loop.length }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.depth }}{{ loop.depth0 }};{% "
       "endfor %}",
       "10TrueFalse33210;21FalseFalse32110;32FalseTrue31010;"},
      {"{% for i in l %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }}|{{ loop.previtem is "
       "defined }}{{ loop.nextitem is defined }};{% endfor %}",
       "<3>1|FalseTrue;3<1>2|TrueTrue;1<2>|TrueFalse;"},
      {"{% for i in l %}{{ loop.cycle('a','b') }}{% endfor %}", "aba"},
      {"{% for i in [1,1,2] %}{{ loop.changed(i) }}{% endfor %}", "TrueFalseTrue"},
      {"{% for i in [] %}x{% else %}empty{% endfor %}", "empty"},
      {"{% for i in undefined_thing %}x{% else %}empty{% endfor %}", "empty"},
      {"{% for i in l if i > 1 %}{{ loop.index }}:{{ i }} {% endfor %}", "1:3 2:2 "},
      {"{% for i in l if i > 10 %}x{% else %}none{% endfor %}", "none"},
      {"{% for i in l %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "32"},
      {"{% for i in l %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endfor %}", "3"},
      {"{% for k, v in d.items() %}{{ k }}={{ v }},{% endfor %}", "b=1,a=2,C=3,"},
      {"{% for k, v in d|dictsort %}{{ k }}={{ v }},{% endfor %}", "a=2,b=1,C=3,"},
      {"{% for k in d %}{{ k }}{% endfor %}", "baC"},
      {"{% for c in s %}{{ c }}.{% endfor %}", "H.e.l.l.o.,. .W.o.r.l.d."},
      {"{% for (a, b), c in [[[1,2],3]] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123"},
      {"{% for i in [1,2] %}{% for j in [3,4] %}{{ loop.index }}{{ i }}{{ j }} {% endfor %}{{ "
       "loop.index }}{% endfor %}",
       "113 214 1123 224 2"},
      {"{% for i in [[1,[2,[3]]]] recursive %}{{ loop.depth }}{% if i is iterable %}{{ loop(i) "
       "}}{% else %}{{ i }}{% endif %}{% endfor %}",
       "121232343"},
      {"{% macro m(a, b=2, c='x') %}[{{ a }},{{ b }},{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1,3) "
       "}}{{ m(c=9,a=0) }}{{ m() }}",
       "[1,2,x][1,3,x][0,2,9][,2,x]"},
      {"{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}{{ m(none) }}", "FalseTrue"},
      {"{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1,2,3,x=4) }}",
       "1(2, 3){'x': 4}"},
      {"{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "11"},
      {"{% macro m() %}{{ x }}{% endmacro %}{% set x = 5 %}{{ m() }}", "5"},
      {"{% set x = 1 %}{% macro m() %}{{ x }}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}",
       "121"},
      {"{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(3) }}",
       "3210"},
      {"{% macro m() %}a{% endmacro %}{{ m()|upper }}{{ m() + 'b' }}{{ m()|length }}", "Aab1"},
      {"{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}x{% endcall %}", "<x>"},
      {"{% macro m() %}<{{ caller(1, 2) }}>{% endmacro %}{% call(a, b) m() %}x{{ a }}{{ b }}{% "
       "endcall %}",
       "<x12>"},
      {"{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "False"},
      {"{% for i in l %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "312"},
      {"{% macro a() %}{% for i in l %}{{ i }}{% endfor %}{% endmacro %}{{ a() }}", "312"},
      {"{% set x %}a{{ i }}b{% endset %}{{ x }}{{ x|length }}", "a7b3"},
      {"{% set x | upper | replace('A','z') %}a{{ i }}b{% endset %}{{ x }}", "z7B"},
      {"{% set x %}{% set y = 1 %}{% endset %}{{ y is defined }}", "False"},
      {"{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12"},
      {"{% set a = 1, 2 %}{{ a }}", "(1, 2)"},
      {"{% set ns = namespace() %}{% set ns.a = 1 %}{{ ns.a }}", "1"},
      {"{% set ns = namespace(a=1) %}{% macro m() %}{% set ns.a = 2 %}{% endmacro %}{{ m() }}{{ "
       "ns.a }}",
       "2"},
      {"{% with a=1, b=2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}", "12False"},
      {"{% set a = 1 %}{% with a=2, b=a %}{{ a }}{{ b }}{% endwith %}", "21"},
      {"{% filter upper %}a{{ s }}{% endfilter %}", "AHELLO, WORLD"},
      {"{% generation %}x{% set q2 = 1 %}{{ s }}{% endgeneration %}{{ q2 is defined }}",
       "xHello, WorldFalse"},
      {"{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}", "b"},
      {"{% if n %}a{% elif e %}b{% else %}c{% endif %}", "c"},
      {"{% if t and not n %}y{% endif %}", "y"},
      {"{% set j = joiner('|') %}{{ j() }}a{{ j() }}b{{ j() }}", "a|b|"},
      {"{% set c = cycler('a','b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ "
       "c.reset() }}{{ c.current }}",
       "ababNonea"},
      {"{{ [range(3)|list, 1] }}", "[[0, 1, 2], 1]"},
      {"{% for i in range(3) %}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}", "0, 1, 2"},
      {"{% for m_ in m %}{{ m_['role'] }}: {{ m_.content }}\n{% endfor %}",
       "user: hi\nassistant: None\nuser: yo\n"},
      {"{{ m[0]['role'] + ': ' + m[0]['content'] }}", "user: hi"},
      {"{% for x in m[::-1] %}{{ x.role }}{{ loop.index0 }}{% endfor %}", "user0assistant1user2"},
      {"{%- set x = m[1:] -%}{{ x|length }}", "2"},
      {"{{ 'a' if x is defined else 'b' }}", "b"},
      {"{{ 'a' if s is string else 'b' }}", "a"},
      {"{{ ('a' if s is string) ~ 'c' }}", "ac"},
      {"{% if s is string and l is not string %}ok{% endif %}", "ok"},
      {"{% if not s is string %}no{% else %}yes{% endif %}", "yes"},
      {"{{ dict(**d) }}", "{'b': 1, 'a': 2, 'C': 3}"},
      {"{{ '%s-%s-%s'|format(*l) }}", "3-1-2"},
      {"{% macro m(a,b,c) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(*l) }}{{ m(**{'a':1}) }}",
       "3121"},
      {"{% set x = [1,2,3] %}{% set x = x + [4] %}{{ x }}", "[1, 2, 3, 4]"},
      {"{% set x = 'a' %}{% for i in l %}{% set x = x ~ i %}{% endfor %}{{ x }}", "a"},
      {"{% for i in l %}{% if loop.first %}F{% elif loop.last %}L{% else %}M{% endif %}{% endfor "
       "%}",
       "FML"},
      {"{% for i in l %}{% set q3 = loop %}{{ q3.index }}{% endfor %}", "123"},
      {"{% macro m() %}{{ loop is defined }}{% endmacro %}{% for i in [1] %}{{ m() }}{% endfor %}",
       "False"},
      {"{% for i in l %}{% for j in [1] %}{{ loop.depth }}{% endfor %}{% endfor %}", "111"},
      {"{% macro show(x) %}{% if x is mapping %}{% for k, v in x.items() %}{{ k }}:{{ show(v) "
       "}};{% endfor %}{% elif x is string %}'{{ x }}'{% elif x is sequence %}[{% for y in x %}{{ "
       "show(y) }}{{ ',' if not loop.last }}{% endfor %}]{% else %}{{ x }}{% endif %}{% endmacro "
       "%}{{ show({'a':[1,'b',{'c':none}],'d':true}) }}",
       "a:[1,'b',c:None;];d:True;"},
      {R"({% set content = 'a</think>b' %}{{ content.split('</think>')[-1].lstrip('\n') }}{{ content.split('</think>')[0].rstrip('\n').split('<think>')[-1] }})",
       "ba"},
      {"{% set tool_call = {'function': {'name':'f','arguments':{'a':1}}} %}{% if "
       "tool_call.function %}{% set tool_call = tool_call.function %}{% endif %}{{ tool_call.name "
       "}}{{ tool_call.arguments|tojson }}",
       R"(f{"a": 1})"},
      {"{% for i in [1,2,3] %}{% set outer = loop %}{% for j in [1] %}{{ outer.index }}{% endfor "
       "%}{% endfor %}",
       "123"},
      {"{% set a = undefined_thing %}{{ a is defined }}{{ a }}", "False"},
      {"{% for x in d.items() %}{{ x[0] }}{{ x }}{% endfor %}", "b('b', 1)a('a', 2)C('C', 3)"},
      {"{{ d.items() | map('first') | list }}", "['b', 'a', 'C']"},
      {"{% for x in m | selectattr('role', 'equalto', 'user') %}{{ loop.index }}{{ loop.last }}{{ "
       "x.content }}{% endfor %}",
       "1Falsehi2Trueyo"},
      {"{% set ns = namespace(l=[]) %}{% for x in l %}{% set ns.l = ns.l + [x*2] %}{% endfor %}{{ "
       "ns.l }}",
       "[6, 2, 4]"},
      {"{% set x = 1 if t else 2 %}{{ x }}", "1"},
      {"{{ (s|lower).split(' ')|last }}", "world"},
      {"{% if 'a' in 'abc' %}1{% endif %}{% if 'role' in m[0] %}2{% endif %}{% if 'x' not in m[0] "
       "%}3{% endif %}",
       "123"},
      {"{{ {'a':1}.a }}{{ {'a':1}['a'] }}{{ [1,2][0] }}{{ 'abc'[1] }}", "111b"},
      {"x", "x"},
      {"{% for message in m %}{{'<|im_start|>' + message['role'] + '\n' + (message['content'] or "
       "'') + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ "
       "'<|im_start|>assistant\n' }}{% endif %}",
       "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n<|im_start|>user\nyo<|"
       "im_end|>\n"},
      {"{% for i in range(2) -%}\n{{ i }}\n{%- endfor %}", "01"},
      {"{% set x = namespace(a=namespace(b=1)) %}{{ x.a.b }}", "1"},
      {"{{ s.split(', ')|join('-')|lower|replace('-', ' ')|title }}", "Hello World"},
      {"{{ m|map(attribute='role')|map('upper')|join(' ') }}", "USER ASSISTANT USER"},
      {"{% set _ = 5 %}{{ _ }}", "5"},
      {"{% set true_ = true %}{{ true_ }}{{ True }}{{ TRUE is defined }}{{ None }}{{ none }}",
       "TrueTrueFalseNoneNone"},
      {"line1\n  {{ s }}\n  {%- if t %}\nin\n  {%- endif %}\nline2",
       "line1\n  Hello, Worldinline2"},
      {"{% macro m(x) -%}\n  {{ x }}\n{%- endmacro -%}\n{{ m(1) }}|{{ m(2) }}", "1|2"},
      {"{% set x %}{{ undefined_thing }}{% endset %}[{{ x }}]", "[]"},
      {"{% for k, v in nest.items() %}x{% endfor %}", "xxx"},
      {"{% for k, v in nest|items %}{{ k }}{% endfor %}", "itemskeysget"},
      {"{% if m[0]['items'] is mapping and m[0]['items'] %}x{% else %}y{% endif %}", "y"},
      {"{{ m[0]['items']['type'] }}", ""},
      {"{{ m[0].items.foo is defined }}", "False"},
      {"{% set x = {'a': 1, 'a': 2} %}{{ x }}", "{'a': 2}"},
      {"{{ loop }}", ""},
      {"{% for i in [1] %}{{ loop }}{% endfor %}", "<LoopContext 1/1>"},
  };
  check(rows);
}

}  // namespace
}  // namespace temper::engine
