"""The keys of the JSON documents that programs read, for the manual; a test compares them with the program."""

JSON_KEYS = {
    "queue": (
        "cases(case,due_provisional,breached,agent,application_no,applicant_name,state,round,priority,"
        "received_at,due_at,assignee,held_by,held_until,waits_for,aside_until,next_action_on,"
        "deadline_at,is_skipped,erased_at,blocks,warns,province,service_class,risk,is_returned,reopen_for,late,"
        "stuck,paused,suspended) total"
    ),
    "queue --by reason": "by total counts(value,cases,share,filter) others",
    "board": (
        "figures(name,filter,count) people(login,held,aside,assigned,returned,pending,staged,overdue,"
        "due_today,likely_late,decided_today,median_minutes,away,away_until) days(date,arrived,decided) "
        "ages days_to_clear"
    ),
    "show C-000033": (
        "corrects case due_provisional breached agent application_no applicant_name state round "
        "priority received_at due_at assignee held_by held_until waits_for suspended_from aside_until "
        "next_action_on deadline_at is_skipped erased_at applicant_kind province industry language trigger "
        "service_class risk card_count working_days_left fence evidence_no due_if_answered_at "
        "legal_hold_at returned_to is_assignee_away findings(rule,leg,severity,observed,op,limit,unit,subject,source,"
        "text) identity cards activity credit documents(kind,sha256,received_at,issued_on,valid_to,"
        "sealed,quality,bytes_count,media_type,erased_at) asked_documents complaints checklist "
        "verifications inquiries contacts items changes unchanged decisions(decision,corrects,round,"
        "verdict,fail_kind,measure,reasons,note,letter,status,maker,decided_at,release_at,checker,"
        "check_note,deadline_at,until_on,items,checked_at,waits_for,check_for,waived,numbers) appeals "
        "earlier_fail appeal_until measures notice notices history(at,action,who,text,round,state,"
        "received_at) policy_version"
    ),
    "explain C-000033": "case explanation",
    "clock C-000033": (
        "case due_at due_provisional running working_days_left class_days cap_days mend_by paused "
        "suspended steps(from,to,what,counts,working_s,detail,text)"
    ),
    "forecast": (
        "queued held usual_reviewers cleared(p50,p90) reviewers back_on per_day assumed suspended "
        "provisional endless clear_days late departments cases"
    ),
    "forecast C-000033": (
        "case state first_verdict(p50,p90) decided passed passed_needs ahead checked pass_at_first "
        "reviewers back_on per_day assumed suspended provisional endless sent_back incomplete due_at "
        "missing_documents asked_about saved_days answer explanation say"
    ),
    "inquiries": (
        "inquiries(inquiry,case,department,question,asked_by,asked_at,due_at,reminded_at,status,outcome,"
        "note,ended_at,ended_by,is_overdue,has_document,name)"
    ),
    "notices": (
        "notices(case,decision,id,kind,fail_kind,language,subject,body,created_at,release_at,"
        "is_released,due_by,deadline_at,after,is_overdue,sent_at,channel,sent_by,failed_at,failure,attempts,"
        "exported_at,exported_by,decision_id)"
    ),
    "measures": (
        "measures(order,case,msisdn,measure,ordered_at,release_at,due_at,exported_at,done_at,"
        "reported_by,failed_at,failure,cancelled_at,is_out_of_service,status,overdue)"
    ),
    "imports": "batches(batch,kind,published_at,by,files,rows,created,updated,unchanged,rejected)",
    "calendar": "year status working_days days(date,working,kind,status,name,hours) suspensions",
    "policy": (
        "policy version open_cases sha256 applied_at applied_by effective_on settled_at state supplier "
        "supplier_made_up safeguards special"
    ),
    "policy list": ("versions(policy,version,open_cases,sha256,applied_at,applied_by,effective_on,settled_at,state)"),
    "reviewers": ("reviewers(login,roles,max_held,is_away,away_from,away_until,substitute,is_active,skills,duties)"),
    "retention": ("day kinds(kind,period,due,documents,document_bytes,call_rows,kept) open_cases next_on requests"),
    "audit": "events head broken_at safeguards",
    "audit head": "seq head",
    "events --by rev1 --since 2026-11-01": (
        "by events(seq,at,actor,identity,action,case,batch,state,is_clock_running,is_refused,body,"
        "prev_hash,hash,reason)"
    ),
    "doctor": "ok lines(ok,text)",
    "migrate": "source target path tables(table,rows,sha256) rows files events head dry_run",
    "settings": "file site database(path,origin) settings(name,value,line) problems",
}
"""The keys of the document that a reading command prints; in brackets those of the elements of a list."""
