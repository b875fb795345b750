#!/bin/sh
# The whole workflow by commands: a new database, people, files, a case decided, undone and decided again, exports.
# Usage: in an empty folder, with a Python that has the program as argument; prints "the whole workflow" at the end.
# $RUN may hold other Python arguments than `-m workbench`; it is split into words.
# $INIT may hold more options of `init`, $DATABASE another path or URL of the database.
set -eu

python=$1
export WORKBENCH_DATABASE="${DATABASE:-$PWD/office/workbench.db}"
export LC_ALL=C.UTF-8

workbench() {
    # shellcheck disable=SC2086 # split into words
    "$python" ${RUN:--m workbench} "$@"
}

# Evaluates an expression over `d`, the JSON document on stdin.
of() {
    "$python" -IS -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

equal() {
    [ "$1" = "$2" ] || { echo "expected '$2', got '$1'" >&2; exit 1; }
}

# Runs a command that must fail with a code, one sentence on stderr and nothing on stdout.
refused() {
    expected=$1
    shift
    code=0
    workbench "$@" >out.txt 2>err.txt || code=$?
    equal "$code $(wc -l <err.txt | tr -d ' ')" "$expected 1"
    case "$*" in
        *import*|*next*) ;;
        *) [ ! -s out.txt ] || { echo "stdout is not empty after: $*" >&2; exit 1; } ;;
    esac
    ! grep -q Traceback err.txt
}

# The files have recent dates, whenever this runs.
day() {
    "$python" -IS -c 'import datetime, sys; print(datetime.date.today() - datetime.timedelta(days=int(sys.argv[1])))' "$1"
}
submitted=$(day 5) checked=$(day 6) called=$(day 7)

# --- a database, and people
refused 66 queue --json
cat >supplier.toml <<'END'
[supplier]
name = { en = "Far Voice Mobile", zh = "远声移动通信有限公司" }
phone = "010-5555-0100"
hours = { en = "Monday to Friday", zh = "周一至周五" }
address = { en = "7 Long Road, Test City", zh = "测试市长路7号" }
appeal = { en = "by post to 7 Long Road", zh = "邮寄至长路7号" }
END
# shellcheck disable=SC2086 # split into words
workbench init --identity named --supplier supplier.toml ${INIT:-}
refused 73 init --identity named
workbench reviewers add a --role reviewer
workbench reviewers add b --role reviewer
equal "$(workbench reviewers --json | of '[p["roles"] for p in d["reviewers"] if p["login"] == "a"]')" "[['reviewer']]"
refused 77 --as nobody queue
refused 69 --as a next --json
equal "$(of '(d["case"], d["empty"]["kind"])' <out.txt)" "(None, 'none')"

# --- files of each kind
cat >applications.csv <<END
agent,application_no,submitted_at,applicant_kind,applicant_name,uscc,handler_name,handler_id_no,contact_phone,industry,stated_use,call_script,consent_source,licence_valid_to,handler_id_valid_to,msisdns
虚构渠道,A-1,$submitted 10:00,enterprise,虚构甲号信息服务有限公司,91110000600037341L,乙某某,11010519491231002X,13800138000,教育,回访已购课程的客户,您好这里是虚构公司,客户在线登记,长期,长期,13800138001;13800138002
虚构渠道,A-2,$submitted 11:00,individual,丙某某,,丙某某,11010519491231002X,13800138000,教育,回访客户,您好,客户在线登记,,长期,13800138003
END
mkdir papers
echo 'agent,application_no,kind,path,sealed,quality' >documents.csv
for kind in BIZ_LICENSE AGENT_ID_FRONT AGENT_ID_BACK AUTH_LETTER COMMITMENT_LETTER USE_STATEMENT CALL_SCRIPT CONSENT_PROOF; do
    for number in A-1 A-2; do
        printf '%%PDF-1.7 made up %s %s' "$number" "$kind" >"papers/$number-$kind.pdf"
        echo "虚构渠道,$number,$kind,papers/$number-$kind.pdf,yes,ok" >>documents.csv
    done
done
cat >cards.jsonl <<'END'
{"agent": "虚构渠道", "application_no": "A-1", "msisdn": "13800138001", "carrier": "mobile"}
{"agent": "虚构渠道", "application_no": "A-1", "msisdn": "13800138002", "carrier": "mobile"}
{"agent": "虚构渠道", "application_no": "A-2", "msisdn": "13800138003", "carrier": "mobile"}
END
cat >calls.csv <<END
caller,callee,start_at,duration_s
13800138001,13900139001,$called 10:00:00,60
13800138001,13900139001,$called 10:30:00,3
13800138001,13900139002,$called 11:00:00,0
13800138002,13900139001,$checked 10:00:00,30
END
cat >credit.csv <<END
subject_no,list,match,checked_on,amount_cny,overdue_days
91110000600037341L,arrears,exact,$checked,120.50,12
91110000600037341L,court,none,$checked,,
END
printf 'msisdn,received_at,source,verified\n13800138002,%s 09:00,12321,1\n' "$called" >complaints.csv
printf 'callee,since\n13900139001,%s\n' "$checked" >optouts.csv

printf 'application_no,submitted_at\nA-9,%s\n' "$submitted" >wrong.csv
refused 65 import applications wrong.csv --json
equal "$(of 'd["batch"], d["error_count"] > 0, d["rows"]' <out.txt)" "(None, True, 0)"
refused 66 import applications none.csv --json
refused 77 --as a import applications applications.csv --json
equal "$(workbench import applications applications.csv --dry-run --json | of 'd["batch"], d["created"]')" "(None, 2)"
number=0
for file in applications.csv cards.jsonl documents.csv calls.csv credit.csv complaints.csv optouts.csv; do
    number=$((number + 1))
    workbench import "${file%.*}" "$file" --json >out.txt
    equal "$(of 'd["batch"], d["rejected"], d["errors"], d["error_count"]' <out.txt)" "('B-00000$number', 0, [], 0)"
    refused 65 import "${file%.*}" "$file" --json
    grep -q "B-00000$number" err.txt
done
equal "$(workbench imports --json | of 'len(d["batches"])')" 7

# --- the queue, and the next case
equal "$(workbench queue --json | of 'd["total"], [c["state"] for c in d["cases"]]')" "(2, ['queued', 'queued'])"
first=$(workbench --as a next --json | of 'd["case"]')
second=$(workbench next --as b --json | of 'd["case"]')
[ "$first" != "$second" ]
if [ "$(workbench show "$first" --json | of 'd["application_no"]')" = A-1 ]; then
    mine=a others=b company=$first person=$second
else
    mine=b others=a company=$second person=$first
fi
workbench --as $mine show "$company" --json >out.txt
equal "$(of 'd["state"], d["round"], d["held_by"] in "ab", d["agent"]' <out.txt)" "('in_review', 1, True, '虚构渠道')"
equal "$(of 'd["identity"]["contact_phone"], d["identity"]["handler_name"]' <out.txt)" "('138••••••00', '乙••')"
equal "$(of '[d["activity"][k] for k in ("calls", "answered", "distinct_callees", "complaints")]' <out.txt)" "[4, 3, 2, 1]"
equal "$(of 'd["activity"]["mean_duration_s"], len(d["activity"]["cards"])' <out.txt)" "(31.0, 2)"
equal "$(of 'd["credit"]["arrears_fen"], d["credit"]["overdue_days"], len(d["credit"]["records"])' <out.txt)" "(12050, 12, 2)"
equal "$(of 'len(d["documents"]), all({"rule", "severity", "observed", "op", "limit", "unit"} <= f.keys() for f in d["findings"])' <out.txt)" "(8, True)"
equal "$(workbench --as $mine show "$company" --reveal --json | of 'd["identity"]["contact_phone"]')" 13800138000

# --- refusals and errors
refused 66 --as a show C-000099 --json
refused 75 --as $mine decide "$person" pending --reason WAIT-CARRIER --json
workbench --as $others release "$person"
refused 77 --as $mine decide "$person" pending --reason WAIT-CARRIER --json
refused 2 --as $mine decide "$company" maybe
refused 77 --as $mine export decisions --output no.csv --json
[ ! -e no.csv ]

# --- a verdict, undone and decided again
workbench --as $mine decide "$company" fail --reason CR-ARREARS --reason ACT-COMPLAINTS --note 'for us only' --json >out.txt
equal "$(of 'd["case"], d["verdict"], d["state"], d["decision"]' <out.txt)" "('$company', 'fail', 'rectifying', 'D-000001')"
equal "$(of '"CR-ARREARS" in d["notice"], "ACT-COMPLAINTS" in d["notice"], "for us only" in d["notice"]' <out.txt)" "(True, True, False)"
refused 77 --as $others undo "$company" --json
equal "$(workbench --as $mine undo "$company" --json | of 'd["state"], d["fence"]')" "('in_review', 2)"
refused 75 --as $mine decide "$company" fail --reason CR-ARREARS --fence 1 --json
workbench --as $mine decide "$company" fail --reason CR-ARREARS --fence 2 --json >out.txt
equal "$(of 'd["decision"], d["state"]' <out.txt)" "('D-000002', 'rectifying')"
refused 77 --as $mine decide "$company" pass --reason OK --json

# --- the exports
workbench export decisions --output decisions.jsonl --json >out.txt
equal "$(of 'd["rows"], d["revealed"]' <out.txt)" "(2, False)"
equal "$("$python" -c 'import json; print([json.loads(line)["status"] for line in open("decisions.jsonl")])')" "['undone', 'applied']"
workbench export notices --output notices.jsonl
equal "$("$python" -c 'import json; print({json.loads(line)["kind"] for line in open("notices.jsonl")} - {"receipt"})')" "set()"
for format in csv xlsx jsonl; do
    workbench export applications --output "applications-out.$format"
    [ -s "applications-out.$format" ]
done
! grep -q 13800138000 applications-out.csv applications-out.jsonl
refused 2 export applications --output whole.csv --reveal --json
workbench export applications --output whole.csv --reveal --reason 'the whole workflow' --json >out.txt
grep -q 13800138000 whole.csv

# --- the log
workbench audit verify
echo "the whole workflow"
