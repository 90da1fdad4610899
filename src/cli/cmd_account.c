/* SPDX-License-Identifier: MIT */
/*
 * quarry account: the people of accounts.db, for the operator, who may do
 * everything without signing in: whoever may write the file is the operator.
 * Secrets that are made are printed once.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "accounts/loginkey.h"
#include "accounts/session.h"
#include "accounts/token.h"
#include "accounts/totp.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "wallet/keyproof.h"

#define ARENA_MAX ((size_t)64 << 20)
#define DAY_S 86400
#define INVITE_DAYS 7
#define ROLES_USUAL "read,broadcast,sql,wallet"
#define TURN_TRIES 200
#define TURN_STEP_MS 50

struct call {
	struct opt_program *p;
	struct accounts *a;
	struct arena arena;
	const char *verb;
	char **arg;			/* what follows the verb */
	int n_arg;
	const char *roles;		/* --roles; NULL: not said */
	int64_t days;			/* 0: not said */
	bool from_stdin;
	struct account who;		/* whom the first argument names */
};

static const struct actor operator_ = {.name = "operator", .address = "",
				       .agent = ""};

static int status(const struct call *c, enum status st)
{
	return opt_failed(c->p, "%s (%s).", status_text(st), accounts_error(c->a));
}

static void print_time(const char *before, int64_t s)
{
	char text[40];
	time_t t = (time_t)s;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
	printf("%s%s", before, s ? text : "never");
}

/* --roles, or what holds without it. */
static int roles_of(const struct call *c, const char *usual, unsigned *out)
{
	const char *text = c->roles ? c->roles : usual;

	if (roles_parse(out, text, strlen(text)))
		return -1;
	return opt_usage(c->p, "roles are read, broadcast, wallet, mine, sql and "
			       "admin, with commas, or none");
}

/* --- passwords --- */

/* One line of standard input, or a new one that is told. */
static int take_password(const struct call *c, const char *name,
			 char out[PASSWORD_MAX + 2])
{
	const char *fault;

	if (!c->from_stdin) {
		if (password_random(out) != ST_OK)
			return opt_failed(c->p, "There is no randomness for a "
						"password.");
		return -1;
	}
	if (!fgets(out, PASSWORD_MAX + 2, stdin))
		return opt_failed(c->p, "Standard input holds no password.");
	out[strcspn(out, "\r\n")] = '\0';
	fault = password_fault(name, bytes_of_text(out));
	return fault ? opt_failed(c->p, "The password %s.", fault) : -1;
}

static int derive(const struct call *c, const char *password,
		  char stored[PASSWORD_TEXT_SIZE])
{
	enum status st = ST_BUSY;

	for (int i = 0; i < TURN_TRIES && st == ST_BUSY; i++) {
		if (password_slot_take(c->a)) {
			st = password_make(stored, bytes_of_text(password));
			password_slot_leave(c->a);
		} else {
			clock_sleep_ms(TURN_STEP_MS);
		}
	}
	return st == ST_OK ? -1 : status(c, st);
}

static void tell_password(const struct call *c, const char *password)
{
	if (!c->from_stdin)
		printf("password %s\n", password);
}

/* --- verbs --- */

static int add(struct call *c)
{
	char password[PASSWORD_MAX + 2], stored[PASSWORD_TEXT_SIZE];
	const char *name = c->arg[0];
	unsigned roles;
	int64_t id;
	int code = roles_of(c, ROLES_USUAL, &roles);
	enum status st;

	if (code < 0 && !account_name_ok(name, strlen(name)))
		code = opt_usage(c->p, "a name has up to %d letters, digits, dots, "
				 "hyphens and underscores", ACCOUNT_NAME_MAX);
	if (code < 0)
		code = take_password(c, name, password);
	if (code < 0)
		code = derive(c, password, stored);
	if (code < 0) {
		st = account_add(c->a, &operator_, name, stored, roles, NULL, &id);
		if (st == ST_DENIED)
			code = opt_failed(c->p, "%s is taken.", name);
		else if (st != ST_OK)
			code = status(c, st);
	}
	if (code < 0) {
		printf("name     %s\n", name);
		tell_password(c, password);
	}
	secret_wipe(password, sizeof(password));
	secret_wipe(stored, sizeof(stored));
	return code < 0 ? 0 : code;
}

static int list(struct call *c)
{
	char roles[ROLES_TEXT_SIZE];
	struct account *v;
	uint32_t n;
	enum status st = account_list(c->a, &c->arena, &v, &n);

	if (st != ST_OK)
		return status(c, st);
	for (uint32_t i = 0; i < n; i++) {
		printf("%-*s %-7s %s%s%s", ACCOUNT_NAME_MAX, v[i].name,
		       v[i].active ? "active" : "locked",
		       roles_text(roles, v[i].roles), v[i].totp ? "  totp" : "",
		       v[i].password[0] ? "" : "  no password");
		print_time("  since ", v[i].created_s);
		putchar('\n');
	}
	return 0;
}

static int changed(struct call *c, enum status st)
{
	if (st == ST_DENIED)
		return opt_failed(c->p, "Nobody would be left to decide over HTTP "
					"who may what: make another admin first.");
	return st == ST_OK ? 0 : status(c, st);
}

static int role(struct call *c)
{
	unsigned roles;

	c->roles = c->arg[1];
	if (roles_of(c, "", &roles) >= 0)
		return EXIT_USAGE;
	return changed(c, account_set_roles(c->a, &operator_, c->who.id, roles));
}

static int lock_out(struct call *c)
{
	return changed(c, account_set_active(c->a, &operator_, c->who.id, false));
}

static int let_in(struct call *c)
{
	return changed(c, account_set_active(c->a, &operator_, c->who.id, true));
}

static int password(struct call *c)
{
	char text[PASSWORD_MAX + 2], stored[PASSWORD_TEXT_SIZE];
	int code = take_password(c, c->who.name, text);
	enum status st;

	if (code < 0)
		code = derive(c, text, stored);
	if (code < 0) {
		st = account_set_password(c->a, &operator_, c->who.id, stored, 0);
		code = st == ST_OK ? 0 : status(c, st);
	}
	if (code == 0)
		tell_password(c, text);
	secret_wipe(text, sizeof(text));
	secret_wipe(stored, sizeof(stored));
	return code;
}

static int sessions(struct call *c)
{
	struct session_row *s;
	struct token_row *t;
	char roles[ROLES_TEXT_SIZE];
	uint32_t n;
	enum status st = session_list(c->a, c->who.id, &c->arena, &s, &n);

	for (uint32_t i = 0; st == ST_OK && i < n; i++) {
		printf("session %lld", (long long)s[i].id);
		print_time("  last ", s[i].last_s);
		printf("  %s  %s\n", s[i].address, s[i].agent);
	}
	if (st == ST_OK)
		st = token_list(c->a, c->who.id, &c->arena, &t, &n);
	for (uint32_t i = 0; st == ST_OK && i < n; i++) {
		printf("token %lld", (long long)t[i].id);
		print_time("  last ", t[i].last_s);
		print_time("  ends ", t[i].end_s);
		printf("  %s  %s\n", roles_text(roles, t[i].roles), t[i].label);
	}
	return st == ST_OK ? 0 : status(c, st);
}

static int revoke_all(struct call *c)
{
	enum status st = session_end_others(c->a, &operator_, c->who.id, 0);

	if (st == ST_OK)
		st = token_end(c->a, &operator_, c->who.id, 0);
	return st == ST_OK ? 0 : status(c, st);
}

static int token(struct call *c)
{
	const char *label = c->n_arg > 1 ? c->arg[1] : "operator's";
	char text[SECRET_TEXT_SIZE];
	int64_t end_s = c->days ? clock_wall_s() + c->days * DAY_S : 0, id;
	struct secret secret;
	unsigned roles;
	enum status st;

	if (roles_of(c, "read", &roles) >= 0)
		return EXIT_USAGE;
	if (strlen(label) > TOKEN_LABEL_MAX)
		return opt_usage(c->p, "a label has at most %d bytes",
				 TOKEN_LABEL_MAX);
	st = token_add(c->a, &operator_, c->who.id, label, roles, end_s, &secret,
		       &id);
	if (st == ST_TOO_BIG)
		return opt_failed(c->p, "%s has %d tokens: revoke them first.",
				  c->who.name, TOKENS_MAX);
	if (st != ST_OK)
		return status(c, st);
	printf(SECRET_TOKEN_PREFIX "%s\n", secret_text(text, &secret));
	secret_wipe(text, sizeof(text));
	secret_wipe(&secret, sizeof(secret));
	return 0;
}

static int invite(struct call *c)
{
	char text[SECRET_TEXT_SIZE];
	struct secret secret;
	unsigned roles = 0;
	enum status st;

	if (c->roles && roles_of(c, "", &roles) >= 0)
		return EXIT_USAGE;
	st = account_invite(c->a, &operator_, c->roles ? &roles : NULL,
			    (c->days ? c->days : INVITE_DAYS) * DAY_S, &secret);
	if (st != ST_OK)
		return status(c, st);
	printf("%s\n", secret_text(text, &secret));
	return 0;
}

static int audit(struct call *c)
{
	int64_t before = INT64_MAX;
	struct audit_row *v;
	uint32_t n = 0;
	enum status st;

	do {
		st = audit_list(c->a, c->who.id, before, &c->arena, &v, &n);
		for (uint32_t i = 0; st == ST_OK && i < n; i++) {
			print_time("", v[i].at_s);
			printf("  %-16s %-16s by %-16s %s%s%s\n", v[i].event,
			       v[i].account[0] ? v[i].account : "-", v[i].actor,
			       v[i].address, v[i].detail[0] ? "  " : "",
			       v[i].detail);
			before = v[i].id;
		}
		arena_reset(&c->arena);
	} while (st == ST_OK && n == AUDIT_PAGE);
	return st == ST_OK ? 0 : status(c, st);
}

static int key(struct call *c)
{
	const char *label = c->n_arg > 2 ? c->arg[2] : "operator's";
	char name[KEYPROOF_NAME_SIZE];
	int64_t id;
	enum status st;

	if (!keyproof_public_key(name, c->arg[1], strlen(c->arg[1])))
		return opt_usage(c->p, "%.140s is no public key", c->arg[1]);
	if (strlen(label) > LOGINKEY_LABEL_MAX)
		return opt_usage(c->p, "a label has at most %d bytes",
				 LOGINKEY_LABEL_MAX);
	st = loginkey_add(c->a, &operator_, c->who.id, name, label, NULL, &id);
	if (st == ST_DENIED)
		return opt_failed(c->p, "This key enters an account already.");
	if (st == ST_TOO_BIG)
		return opt_failed(c->p, "%s has %d keys.", c->who.name,
				  LOGINKEYS_MAX);
	return st == ST_OK ? 0 : status(c, st);
}

static int totp(struct call *c)
{
	enum status st;

	if (strcmp(c->arg[1], "off") != 0)
		return opt_usage(c->p, "say totp NAME off");
	st = totp_off(c->a, &operator_, c->who.id);
	return st == ST_OK ? 0 : status(c, st);
}

/* --- choosing --- */

static const struct verb {
	const char *name, *args;
	int min, max;
	bool about;		/* the first argument names an account */
	int (*run)(struct call *c);
} verbs[] = {
	{"add", "NAME", 1, 1, false, add},
	{"list", "", 0, 0, false, list},
	{"role", "NAME ROLES", 2, 2, true, role},
	{"lock", "NAME", 1, 1, true, lock_out},
	{"unlock", "NAME", 1, 1, true, let_in},
	{"password", "NAME", 1, 1, true, password},
	{"sessions", "NAME", 1, 1, true, sessions},
	{"revoke", "NAME", 1, 1, true, revoke_all},
	{"token", "NAME [LABEL]", 1, 2, true, token},
	{"invite", "", 0, 0, false, invite},
	{"audit", "[NAME]", 0, 1, true, audit},
	{"key", "NAME PUBLIC-KEY [LABEL]", 2, 3, true, key},
	{"totp", "NAME off", 2, 2, true, totp},
};

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int run(struct call *c, const struct conf *conf)
{
	char path[ACCOUNTS_PATH_SIZE], error[ACCOUNTS_ERROR_SIZE];
	const struct verb *v = verb_find(c->verb);
	enum status st;
	int code;

	if (!v)
		return opt_usage(c->p, "%.40s is nothing it does", c->verb);
	if (c->n_arg < v->min || c->n_arg > v->max)
		return opt_usage(c->p, "%s takes %s", v->name,
				 *v->args ? v->args : "nothing more");
	if (!accounts_path(path, conf))
		return opt_failed(c->p, "The path of accounts.db is too long.");
	if (accounts_open(&c->a, path, true, error) != ST_OK)
		return opt_failed(c->p, "%s", error);
	st = ST_OK;
	arena_init(&c->arena, ARENA_MAX);
	if (v->about && c->n_arg)
		st = account_find(c->a, c->arg[0], &c->who);
	if (st == ST_NOT_FOUND)
		code = opt_failed(c->p, "Nobody is called %.100s.", c->arg[0]);
	else if (st != ST_OK)
		code = status(c, st);
	else
		code = v->run(c);
	arena_free(&c->arena);
	accounts_close(c->a);
	return code;
}

int cmd_account(int argc, char **argv)
{
	struct call c = {.verb = ""};
	const struct opt opts[] = {
		OPT_KEY("db", "FILE", CONF_DB),
		OPT_KEY("accounts-db", "FILE", CONF_ACCOUNTS_DB),
		OPT_TEXT("roles", "LIST", &c.roles,
			 "add, token, invite: read,broadcast,wallet,mine,sql,admin"),
		OPT_NUMBER("days", "N", &c.days, 1, 3650,
			   "token, invite: how long it holds"),
		OPT_FLAG("stdin", &c.from_stdin,
			 "add, password: read the password there, instead of making "
			 "one"),
	};
	struct opt_program p = {
		.name = "quarry account",
		.operands = "add|list|role|lock|unlock|password|sessions|revoke|token|"
			    "invite|audit|key|totp [NAME [...]]",
		.about = "Who may use the node over HTTP, and for what. Passwords, "
			 "tokens and invitations that it makes are printed once.",
		.opts = opts,
		.n_opts = sizeof(opts) / sizeof(opts[0]),
		.min_operands = 1,
		.max_operands = 4,
	};
	struct conf conf;
	int code;

	conf_init(&conf);
	code = opt_read(&p, &conf, argc, argv);
	if (code < 0) {
		c.p = &p;
		c.verb = p.operand[0];
		c.arg = p.operand + 1;
		c.n_arg = p.n_operands - 1;
		code = run(&c, &conf);
	}
	conf_free(&conf);
	return code;
}
