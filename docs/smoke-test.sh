#!/usr/bin/env bash
# Asks GitHub itself about what readygate takes for granted of it, and prints what differs. docs/smoke-test.md says more.
#
#   ORG=my-throwaway-org docs/smoke-test.sh          makes two throwaway repositories, asks, and deletes them
#   KEEP=yes                                         leaves them, to look at what differs
#   GATE=readygate/readygate@FULL-COMMIT-SHA         runs the gate itself there as well
#
# The exit status is 0 when nothing differs, 1 when something does, 2 when it could not be asked.
set -uo pipefail

: "${ORG:?name a throwaway organisation}"
REPO=${REPO:-readygate-smoke}
open=$ORG/$REPO
closed=$ORG/$REPO-private
pause=${PAUSE:-5} # seconds between two looks at something that takes its time
looks=${LOOKS:-60}
same=0
differ=0
skipped=0
login=
ruleset_id=
fork_pull=

section() { printf '\n== %s\n' "$1"; }

fact() { # fact WHAT EXPECTED GOT: EXPECTED may be several, with | between them
  case "|$2|" in
    *"|$3|"*) same=$((same + 1)); printf 'same     %s\n' "$1" ;;
    *) differ=$((differ + 1)); printf 'DIFFERS  %s: expected %s, got %s\n' "$1" "$2" "${3:-nothing}" ;;
  esac
}

skip() { # skip WHAT WHY
  skipped=$((skipped + 1))
  printf 'skipped  %s: %s\n' "$1" "$2"
}

# The body is printed for a refusal as well.
ask() { gh api "$@" 2>/dev/null; }
told() { # told FILTER ARGUMENTS...: what jq takes out of an answer
  local filter=$1
  shift
  ask "$@" | jq -r "$filter" 2>/dev/null
}
code() { ask --include "$@" | head -n 1 | cut -d' ' -f2 | tr -d '\r'; }
query() { # query REPOSITORY FILTER FIELDS
  told "$2" graphql -f o="${1%/*}" -f n="${1#*/}" -f query="query(\$o:String!,\$n:String!){repository(owner:\$o,name:\$n){$3}}"
}
put() { # put REPOSITORY BRANCH PATH: a file from standard input
  local sha
  local -a known=()
  sha=$(told '.sha // empty' "repos/$1/contents/$3?ref=$2")
  [ -z "$sha" ] || known=(-f "sha=$sha")
  ask "repos/$1/contents/$3" --method PUT -f message="$3" -f branch="$2" -f content="$(base64 | tr -d '\n')" \
    ${known[@]+"${known[@]}"} >/dev/null
}
await() { # await WANTED COMMAND...: waits until the command prints it
  local wanted=$1 got='' _
  shift
  for _ in $(seq "$looks"); do
    got=$("$@")
    [ "$got" != "$wanted" ] || return 0
    sleep "$pause"
  done
  return 1
}
newest() { # newest REPOSITORY WORKFLOW EVENT MEMBER: of the newest run
  told ".workflow_runs[0].$4 // empty" "repos/$1/actions/workflows/$2/runs?event=$3&per_page=1"
}

finish() {
  local status=$?
  if [ "${KEEP:-}" = yes ]; then
    printf '\n%s and %s are left\n' "$open" "$closed"
  else
    for repository in "$open" "$closed" ${login:+"$login/$REPO" "$login/$REPO-private"}; do
      ask "repos/$repository" --method DELETE >/dev/null
    done
  fi
  exit "$status"
}

begin() {
  local tool repository
  for tool in gh jq base64; do
    command -v "$tool" >/dev/null || { echo "$tool is needed" >&2; exit 2; }
  done
  login=$(told .login user)
  [ -n "$login" ] || { echo "gh is not logged in (gh auth login --scopes repo,workflow,delete_repo)" >&2; exit 2; }
  # What is there already is neither written to nor deleted at the end.
  for repository in "$open" "$closed" "$login/$REPO" "$login/$REPO-private"; do
    if [ "$(code "repos/$repository")" != 404 ]; then
      echo "$repository is there already, or can't be asked for: name another with REPO" >&2
      exit 2
    fi
  done
  trap finish EXIT
  ask "orgs/$ORG/repos" --method POST -f name="$REPO" -F private=false -F auto_init=true >/dev/null
  ask "orgs/$ORG/repos" --method POST -f name="$REPO-private" -F private=true -F auto_init=true >/dev/null
  for repository in "$open" "$closed"; do
    await 200 code "repos/$repository/branches/main" || { echo "$repository could not be made" >&2; exit 2; }
  done
  printf '.env\n' | put "$open" main .gitignore
  printf '.env\n' | put "$closed" main .gitignore
}

# Asks an owner's token what a branch without protection, with a ruleset and with classic protection looks like.
protection() {
  local id
  section "Branch protection, as an owner is told"
  fact "a branch without rules is not protected" false "$(told .protected "repos/$open/branches/main")"
  fact "no classic protection is said in words" "Branch not protected" "$(told .message "repos/$open/branches/main/protection")"
  fact "no merge queue is null, without an error" "object null null" \
    "$(query "$open" '[(.data.repository | type), (.data.repository.mergeQueue | tostring), (.errors | tostring)] | join(" ")' 'mergeQueue(branch:"main"){id}')"
  id=$(ruleset evaluate)
  if [ -n "$id" ]; then
    fact "a ruleset that only evaluates protects nothing" false "$(told .protected "repos/$open/branches/main")"
    fact "and is no rule of the branch" 0 "$(told length "repos/$open/rules/branches/main")"
    ask "repos/$open/rulesets/$id" --method PUT -f enforcement=active >/dev/null
  else
    skip "a ruleset that only evaluates" "the organisation's plan has none"
    id=$(ruleset active)
  fi
  fact "an active ruleset protects" true "$(told .protected "repos/$open/branches/main")"
  fact "and is no classic protection" false "$(told .protection.enabled "repos/$open/branches/main")"
  fact "which is said in the same words" "Branch not protected" "$(told .message "repos/$open/branches/main/protection")"
  fact "its rules name it" "deletion Repository $id" \
    "$(told '.[0] | "\(.type) \(.ruleset_source_type) \(.ruleset_id)"' "repos/$open/rules/branches/main")"
  fact "GraphQL tells the same rule" DELETION \
    "$(query "$open" '.data.repository.ref.rules.nodes[0].type' 'ref(qualifiedName:"refs/heads/main"){rules(first:5){nodes{type}}}')"
  fact "an owner is told who may bypass it" array "$(told '.bypass_actors | type' "repos/$open/rulesets/$id")"
  ruleset_id=$id
  classic >/dev/null
  fact "classic protection is seen in the branch's summary" true "$(told .protection.enabled "repos/$open/branches/main")"
  fact "and an owner reads it" 1 \
    "$(told .required_pull_request_reviews.required_approving_review_count "repos/$open/branches/main/protection")"
  fact "refUpdateRule tells its approvals" 1 \
    "$(query "$open" .data.repository.ref.refUpdateRule.requiredApprovingReviewCount 'ref(qualifiedName:"refs/heads/main"){refUpdateRule{requiredApprovingReviewCount}}')"
  if [ -t 0 ]; then
    echo "Tick \"Require merge queue\" of the classic rule: https://github.com/$open/settings/branches"
    read -r -p "Press Enter when it is saved, or type s to skip: " answer
    [ "$answer" = s ] || fact "a merge queue of a classic rule is told by GraphQL" object \
      "$(query "$open" '.data.repository.mergeQueue | type' 'mergeQueue(branch:"main"){id}')"
  else
    skip "a merge queue of a classic rule" "only a person can tick it: run this in a terminal"
  fi
  case $(code "repos/$closed/rules/branches/main") in
    200) skip "the words of a plan without rules" "this organisation's plan has rules for private repositories" ;;
    *) fact "a plan without rules says so in words" true \
      "$(told '.message | startswith("Upgrade to GitHub")' "repos/$closed/rules/branches/main")" ;;
  esac
}

ruleset() { # ruleset ENFORCEMENT: makes one; its id
  told '.id // empty' "repos/$open/rulesets" --method POST --input - <<JSON
{"name": "smoke-$1", "target": "branch", "enforcement": "$1", "rules": [{"type": "deletion"}],
 "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}}
JSON
}

classic() {
  ask "repos/$open/branches/main/protection" --method PUT --input - <<'JSON'
{"required_status_checks": null, "enforce_admins": null, "restrictions": null,
 "required_pull_request_reviews": {"required_approving_review_count": 1}}
JSON
}

settings() {
  section "Settings, as an owner is told"
  fact "security_and_analysis is there" object "$(told '.security_and_analysis | type' "repos/$open")"
  ask "repos/$open/vulnerability-alerts" --method PUT >/dev/null
  fact "alerts that are on are 204" 204 "$(code "repos/$open/vulnerability-alerts")"
  ask "repos/$open/vulnerability-alerts" --method DELETE >/dev/null
  fact "and off in words" "Vulnerability alerts are disabled." "$(told .message "repos/$open/vulnerability-alerts")"
  fact "private reporting is told of a public repository" 200 "$(code "repos/$open/private-vulnerability-reporting")"
  fact "and refused of a private one" 422 "$(code "repos/$closed/private-vulnerability-reporting")"
}

# A pull request whose head lives in another repository, for which the base's token is enough.
forks() {
  local repository name head blob number batch
  section "Forks are read through the base repository"
  for repository in "$open" "$closed"; do
    name=${repository#*/}
    ask "repos/$repository/forks" --method POST >/dev/null
    if ! await 200 code "repos/$login/$name/branches/main"; then
      skip "a fork of $repository" "it could not be made (may members fork private repositories?)"
      continue
    fi
    printf 'node_modules\n' | put "$login/$name" main .gitignore
    number=$(told '.number // empty' "repos/$repository/pulls" --method POST -f title=smoke -f head="$login:main" -f base=main)
    head=$(told .head.sha "repos/$repository/pulls/$number")
    fact "$name: the fork's tree" 200 "$(code "repos/$repository/git/trees/$head?recursive=1")"
    blob=$(told '[.tree[] | select(.path == ".gitignore")][0].sha' "repos/$repository/git/trees/$head")
    fact "$name: its blobs" 200 "$(code "repos/$repository/git/blobs/$blob")"
    fact "$name: its blobs by GraphQL" node_modules "$(query "$repository" '.data.repository.object.text' "object(oid:\"$blob\"){...on Blob{text}}")"
    fact "$name: its comparison" 200 "$(code "repos/$repository/compare/heads/main...$head")"
    [ "$repository" = "$open" ] && fork_pull=$number
  done
  batch=$(for number in $(seq 100); do printf 'b%s: object(oid: "%s"){...on Blob{isTruncated text}} ' "$number" "$blob"; done)
  fact "a batch of a hundred blobs costs one point" 1 "$(told .data.rateLimit.cost graphql -f o="$ORG" -f n="$REPO" \
    -f query="query(\$o:String!,\$n:String!){rateLimit{cost} repository(owner:\$o,name:\$n){$batch}}")"
}

# What a workflow's own token is told: a workflow asks, and its log is read.
workflow_file() {
  cat <<'YAML'
name: smoke
on: [workflow_dispatch, pull_request, pull_request_target]
permissions: {}
jobs:
  told:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: { contents: read, actions: read, checks: write, pull-requests: write }
    env:
      GH_TOKEN: ${{ github.token }}
      R: ${{ github.repository }}
      SHA: ${{ github.event.pull_request.head.sha || github.sha }}
      RULESET: RULESET_ID
    steps:
      - name: ask
        run: |
          say() { echo "SMOKE $1 $(tr -d '\r\n' <<<"$2")"; }
          code() { say "$1" "$(gh api --include "$2" "${@:3}" 2>/dev/null | head -n 1 | cut -d' ' -f2)"; }
          wants() { say "$1" "$(gh api --include "$2" 2>/dev/null | grep -i '^x-accepted-github-permissions:' | cut -d' ' -f2-)"; }
          graph() { say "$1" "$(gh api graphql -f o="${R%/*}" -f n="${R#*/}" -f query="query(\$o:String!,\$n:String!){viewer{login} repository(owner:\$o,name:\$n){$3}}" 2>/dev/null | jq -c "$2")"; }
          code branch "repos/$R/branches/main"
          code rules "repos/$R/rules/branches/main"
          code ruleset "repos/$R/rulesets/$RULESET"
          say bypass "$(gh api "repos/$R/rulesets/$RULESET" | jq -c 'has("bypass_actors")')"
          code protection "repos/$R/branches/main/protection"
          wants protection-wants "repos/$R/branches/main/protection"
          say protection-says "$(gh api "repos/$R/branches/main/protection" 2>/dev/null | jq -r .message)"
          code alerts "repos/$R/vulnerability-alerts"
          code reporting "repos/$R/private-vulnerability-reporting"
          code actions-permissions "repos/$R/actions/permissions"
          code collaborators "repos/$R/collaborators"
          code permission "repos/$R/collaborators/$GITHUB_ACTOR/permission"
          code runs "repos/$R/actions/workflows/smoke.yml/runs?event=schedule&status=completed"
          code user user
          say analysis "$(gh api "repos/$R" | jq -c 'has("security_and_analysis")')"
          graph hint .data.repository.ref.refUpdateRule.requiredApprovingReviewCount 'ref(qualifiedName:"refs/heads/main"){refUpdateRule{requiredApprovingReviewCount}}'
          graph ref-rules '.data.repository.ref.rules.nodes|length' 'ref(qualifiedName:"refs/heads/main"){rules(first:5){nodes{type}}}'
          graph merging '[.data.repository|to_entries[]|.value|type]|unique|join(" ")' 'deleteBranchOnMerge autoMergeAllowed mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed isSecurityPolicyEnabled'
          graph alerts-by-graphql '.data.repository.hasVulnerabilityAlertsEnabled|type' hasVulnerabilityAlertsEnabled
          graph keys-by-graphql '.data.repository.deployKeys|type' 'deployKeys(first:1){totalCount}'
          graph viewer '.data.viewer.login|rtrimstr("[bot]")' id
          annotations=$(jq -nc '[range(51)|{path:".gitignore",start_line:1,end_line:1,annotation_level:"notice",message:"m"}]')
          run() { jq -nc --arg sha "$SHA" --argjson notes "$1" '{name:"smoke",head_sha:$sha,status:"completed",conclusion:"neutral",output:{title:"t",summary:"s",text:"kept",annotations:$notes}}'; }
          code check-run-51 "repos/$R/check-runs" --method POST --input - <<<"$(run "$annotations")"
          code check-run "repos/$R/check-runs" --method POST --input - <<<"$(run '[]')"
          say check-run-by "$(gh api "repos/$R/commits/$SHA/check-runs?check_name=smoke" | jq -r '.check_runs[0] | "\(.app.slug) \(.output.text)"')"
          if [ -n "$NUMBER" ]; then
            say comment-by "$(gh api "repos/$R/issues/$NUMBER/comments" --method POST -f body=smoke 2>/dev/null | jq -r '"\(.user.login) \(.user.type)"')"
          fi
        env:
          NUMBER: ${{ github.event.pull_request.number }}
      - name: twelve
        if: github.event_name == 'workflow_dispatch'
        run: for n in $(seq 12); do echo "::warning::$n"; done
      - uses: docker://alpine:3.22
        with: { entrypoint: /bin/sh, args: -c "echo report > /github/workspace/report.json" }
      - name: read
        run: echo "SMOKE report $(cat report.json) by $(stat -c %U report.json)"
  sixty:
    if: github.event_name == 'workflow_dispatch'
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - run: for n in $(seq 10); do echo "::notice::a$n"; done
      - run: for n in $(seq 10); do echo "::notice::b$n"; done
      - run: for n in $(seq 10); do echo "::notice::c$n"; done
      - run: for n in $(seq 10); do echo "::notice::d$n"; done
      - run: for n in $(seq 10); do echo "::notice::e$n"; done
      - run: for n in $(seq 10); do echo "::notice::f$n"; done
YAML
}

# log EVENT: waits for the newest run of an event, and keeps what its jobs said.
log() {
  said=
  await completed newest "$open" smoke.yml "$1" status || return 1
  said=$(gh run view "$(newest "$open" smoke.yml "$1" id)" --repo "$open" --log 2>/dev/null | grep -o 'SMOKE .*' | tr -d '\r')
  [ -n "$said" ]
}
heard() { sed -n "s/^SMOKE $1 //p" <<<"$said" | head -n 1; }
annotations() { # annotations RUN JOB
  local job
  job=$(told "[.jobs[] | select(.name == \"$2\")][0].id" "repos/$open/actions/runs/$1/jobs")
  told "[.[] | select(.message | test(\"^[a-f]?[0-9]+$\"))] | length" "repos/$open/check-runs/$job/annotations?per_page=100"
}

tokens() {
  local run
  section "A workflow's own token"
  # An owner may push past the rule of reviews, and the ruleset forbids deletion alone.
  workflow_file | sed "s/RULESET_ID/$ruleset_id/" | put "$open" main .github/workflows/smoke.yml
  await active told .state "repos/$open/actions/workflows/smoke.yml"
  ask "repos/$open/actions/workflows/smoke.yml/dispatches" --method POST -f ref=main >/dev/null
  if ! log workflow_dispatch; then
    skip "all that a workflow is told" "its run did not end or said nothing: https://github.com/$open/actions"
    return
  fi
  fact "it reads the branch" 200 "$(heard branch)"
  fact "and its rules" 200 "$(heard rules)"
  fact "and a ruleset" 200 "$(heard ruleset)"
  fact "which does not tell it who may bypass" false "$(heard bypass)"
  fact "classic protection is refused" 403 "$(heard protection)"
  fact "naming the permission" administration=read "$(heard protection-wants)"
  fact "in GitHub's words" "Resource not accessible by integration" "$(heard protection-says)"
  fact "whether alerts are on is refused" 403 "$(heard alerts)"
  fact "actions/permissions is refused" 403 "$(heard actions-permissions)"
  fact "private reporting is told" 200 "$(heard reporting)"
  fact "the list of collaborators" "403|200" "$(heard collaborators)"
  fact "one person's permission is told" 200 "$(heard permission)"
  fact "earlier scheduled runs are listed" 200 "$(heard runs)"
  fact "it is no user" 403 "$(heard user)"
  fact "security_and_analysis is left out" false "$(heard analysis)"
  fact "refUpdateRule is told" "1|null" "$(heard hint)"
  fact "the ref's rules by GraphQL" 1 "$(heard ref-rules)"
  fact "settings of merging by GraphQL" '"boolean"' "$(heard merging)"
  fact "alerts by GraphQL" '"boolean"|"null"' "$(heard alerts-by-graphql)"
  fact "deploy keys by GraphQL" '"object"|"null"' "$(heard keys-by-graphql)"
  fact "the viewer is the app" '"github-actions"' "$(heard viewer)"
  fact "51 annotations at once are refused" 422 "$(heard check-run-51)"
  fact "a check run is made" 201 "$(heard check-run)"
  fact "by the app of workflows, and keeps its text" "github-actions kept" "$(heard check-run-by)"
  fact "a container's file is read by the next step" "report by root" "$(heard report)"
  run=$(newest "$open" smoke.yml workflow_dispatch id)
  fact "ten warnings of a step are kept" 10 "$(annotations "$run" told)"
  fact "and fifty of a job" 50 "$(annotations "$run" sixty)"
}

fork_tokens() {
  section "Pull requests of a public fork"
  if [ -z "$fork_pull" ]; then
    skip "a fork's token" "there is no pull request from a fork"
    return
  fi
  # A commit more starts both workflows.
  printf 'node_modules\ndist\n' | put "$login/$REPO" main .gitignore
  if log pull_request; then
    fact "its workflow reads" 200 "$(heard branch)"
    fact "makes no check run" 403 "$(heard check-run)"
    fact "and no comment" "null null" "$(heard comment-by)"
  else
    skip "a fork's own workflow" "it did not run (is approval asked for?): https://github.com/$open/actions"
  fi
  if log pull_request_target; then
    fact "under pull_request_target a check run is made for its head" 201 "$(heard check-run)"
    fact "and a comment, by a bot" "github-actions[bot] Bot" "$(heard comment-by)"
  else
    skip "pull_request_target" "it did not run: https://github.com/$open/actions"
  fi
}

gate() {
  local number
  section "The gate itself"
  if [ -z "${GATE:-}" ]; then
    skip "the gate" "name it with GATE=readygate/readygate@FULL-COMMIT-SHA"
    return
  fi
  put "$open" main .github/workflows/readiness.yml <<YAML
name: readiness
on: [pull_request, merge_group]
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions: { contents: read, checks: write, pull-requests: write }
    steps:
      - uses: $GATE
YAML
  ask "repos/$open/git/refs" --method POST -f ref=refs/heads/loses -f sha="$(told .commit.sha "repos/$open/branches/main")" >/dev/null
  printf 'dist\n' | put "$open" loses .gitignore
  number=$(told '.number // empty' "repos/$open/pulls" --method POST -f title=loses -f head=loses -f base=main)
  if await completed newest "$open" readiness.yml pull_request status; then
    fact "a lost line of .gitignore blocks" failure "$(newest "$open" readiness.yml pull_request conclusion)"
    fact "with one comment" 1 "$(told '[.[] | select(.body | startswith("<!-- readygate:"))] | length' "repos/$open/issues/$number/comments")"
    fact "and one check run beside the job" "gate readiness" "$(told '[.check_runs[].name] | sort | join(" ")' "repos/$open/commits/loses/check-runs")"
  else
    skip "the gate's run" "it did not end: https://github.com/$open/actions"
  fi
}

begin
settings
forks
protection
tokens
fork_tokens
gate
printf '\n%s same, %s differ, %s skipped\n' "$same" "$differ" "$skipped"
[ "$differ" -eq 0 ]
