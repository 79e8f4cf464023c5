package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"segue"
	"segue/account"
	"segue/store"
	"segue/web"

	"github.com/spf13/cobra"
)

// peopleCommand is for whoever runs a Segue that several people sign in to: what its
// pages do for admins, where nobody can sign in yet or any more.
func peopleCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "people",
		Short: "Invite people, and see and change their accounts, where people sign in",
		Long: `See and change who may sign in to a Segue that is served with --accounts. It works on the
database, whether the server runs or not, and shows nothing of what people hear or say.

Links are secrets: whoever has one can use it, once. They are printed and stored nowhere.`,
		Example: "  segue people add Mai --role admin --public-url https://segue.example.org\n  segue people list",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(peopleAdd(t), peopleList(t), peopleInvite(t), peopleRole(t), peopleClose(t, "disable", true), peopleClose(t, "enable", false), peopleReset(t), peopleForget(t))
	return cmd
}

// An office is what the commands of people work with.
type office struct {
	database
	publicURL string
	kept      *store.Store
	now       time.Time
}

func (o *office) flags(cmd *cobra.Command, links bool) {
	o.database.flags(cmd)
	if links {
		cmd.Flags().StringVar(&o.publicURL, "public-url", "", "`URL` under which people open Segue, for the link (default: SEGUE_PUBLIC_URL or that of --config; else the link is printed without it)")
	}
}

// open opens the database, until end is called; make makes one where there is none.
func (o *office) open(ctx context.Context, make bool) (end func(), err error) {
	o.now = time.Now()
	if make {
		o.kept, err = o.database.serve(ctx)
	} else {
		o.kept, err = o.database.existing(ctx, false)
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = o.kept.Close() }, nil
}

// link is a path as people open it.
func (o *office) link(path string) (string, error) {
	c := newSettings(new(uint64))
	flags := map[string]string{"config": o.config, "public-url": o.publicURL}
	given := func(name string) bool { return flags[name] != "" }
	c.config = o.config
	sources, found := c.sources(given, os.Environ())
	problems := mistakes(found)
	for _, s := range c.schema() {
		if s.name != "public-url" {
			continue
		}
		if o.publicURL != "" {
			if err := s.value.Set(o.publicURL); err != nil {
				return "", usage("--public-url %q %v", o.publicURL, err)
			}
		}
		problems = append(problems, c.fill(s, given, sources)...)
	}
	return strings.TrimSuffix(c.publicURL, "/") + path, problems.orNil()
}

// find returns the account of a name.
func (o *office) find(ctx context.Context, name string) (store.Account, error) {
	_, key, err := account.ParseName(name)
	if err != nil {
		return store.Account{}, err
	}
	a, err := o.kept.AccountByKey(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return a, &segue.InputError{File: o.name(), Problem: "nobody here has this name", Hint: "'segue people list' says who there is"}
	}
	return a, err
}

// note adds to the list of events what the operator did.
func (o *office) note(ctx context.Context, what, of string) error {
	return o.kept.AddEvent(ctx, store.Event{At: o.now, What: what, Of: of})
}

func roleFlag(cmd *cobra.Command, role *string) {
	cmd.Flags().StringVar(role, "role", string(account.Listener), "`ROLE`: listener, researcher (sees the laboratory and numbers of groups), or admin (invites, and closes accounts)")
}

func parseRole(s string) (account.Role, error) {
	for _, r := range account.Roles() {
		if string(r) == s {
			return r, nil
		}
	}
	return "", usage("--role %q is none of listener, researcher and admin", s)
}

// A personJSON is an account as commands print it.
type personJSON struct {
	Name     string     `json:"name"`
	Role     string     `json:"role"`
	Disabled bool       `json:"disabled"`
	Created  time.Time  `json:"created"`
	LastSeen *string    `json:"last_seen"` // the day; null if never
	Password bool       `json:"password"`
	Passkeys int        `json:"passkeys"`
	Link     *string    `json:"link"` // null where none was made
	Expires  *time.Time `json:"expires"`
}

// view returns an account as it is printed.
func (o *office) view(ctx context.Context, a store.Account) (personJSON, error) {
	p := personJSON{Name: a.Name, Role: string(a.Role), Disabled: a.Disabled, Created: a.Created.UTC(), Password: a.Password != ""}
	keys, err := o.kept.Passkeys(ctx, a.ID)
	if err != nil {
		return p, err
	}
	p.Passkeys = len(keys)
	logins, err := o.kept.Logins(ctx, a.ID)
	for _, l := range logins {
		if day := l.Seen.UTC().Format(time.DateOnly); p.LastSeen == nil || day > *p.LastSeen {
			p.LastSeen = &day
		}
	}
	return p, err
}

func peopleAdd(t *terminal) *cobra.Command {
	var o office
	var role string
	var fromStdin bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make an account, and a link that sets its password",
		Long: `Make an account with a name to sign in with. It prints a link that sets the password, once
and within a day; or reads the password from standard input.`,
		Example: "  segue people add Mai --role admin --public-url https://segue.example.org\n  segue people add Mai --role admin --password-stdin < password.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			r, err := parseRole(role)
			if err != nil {
				return err
			}
			end, err := o.open(ctx, true)
			if err != nil {
				return err
			}
			defer end()
			a, err := web.NewAccount(args[0], r, o.now)
			if err != nil {
				return err
			}
			if fromStdin {
				if a.Password, err = passwordFrom(ctx, cmd.InOrStdin(), a); err != nil {
					return err
				}
			}
			switch err := o.kept.AddAccount(ctx, a); {
			case errors.Is(err, store.ErrConflict):
				return &segue.InputError{File: o.name(), Problem: "somebody here has this name already", Hint: "choose another, or use 'segue people reset' for a link"}
			case err != nil:
				return o.named(err)
			}
			p, err := o.view(ctx, a)
			if err == nil && !fromStdin {
				err = o.reset(ctx, a, &p)
			}
			if err != nil {
				return o.named(err)
			}
			return t.print(p, func(w io.Writer) {
				if p.Link == nil {
					fmt.Fprintf(w, "%s may sign in as %s.\n", p.Name, article(p.Role))
					return
				}
				fmt.Fprintf(w, "%s is %s, and sets a password within a day, once, at\n%s\n", p.Name, article(p.Role), *p.Link)
			})
		},
	}
	o.flags(cmd, true)
	roleFlag(cmd, &role)
	cmd.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from the first line of standard input, and make no link")
	return cmd
}

func article(role string) string {
	if role == string(account.Admin) {
		return "an admin"
	}
	return "a " + role
}

// passwordFrom reads an account's password, and returns what is stored of it.
func passwordFrom(ctx context.Context, in io.Reader, a store.Account) (string, error) {
	b, err := io.ReadAll(io.LimitReader(in, 64<<10))
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return web.HashPassword(ctx, account.NewHasher(account.Recommended(), 1), a, strings.TrimSuffix(string(line), "\r"))
}

// reset makes a link for a new password and notes it.
func (o *office) reset(ctx context.Context, a store.Account, p *personJSON) error {
	path, err := web.Reset(ctx, o.kept, a.ID, o.now)
	if err != nil {
		return err
	}
	if err := o.note(ctx, web.EventReset, a.ID); err != nil {
		return err
	}
	link, err := o.link(path)
	until := o.now.Add(web.ResetFor).UTC().Truncate(time.Second)
	p.Link, p.Expires = &link, &until
	return err
}

func peopleReset(t *terminal) *cobra.Command {
	var o office
	cmd := &cobra.Command{
		Use:     "reset NAME",
		Short:   "Print a link that sets somebody's new password, and sign them out",
		Long:    `Sign somebody out everywhere and print a link that sets a new password, once and within a day. Until it is set the old one holds.`,
		Example: "  segue people reset Mai --public-url https://segue.example.org",
		Args:    cobra.ExactArgs(1),
		RunE: o.with(func(ctx context.Context, a store.Account) error {
			p, err := o.view(ctx, a)
			if err == nil {
				err = o.reset(ctx, a, &p)
			}
			if err != nil {
				return err
			}
			return t.print(p, func(w io.Writer) {
				fmt.Fprintf(w, "%s sets a new password within a day, once, at\n%s\n", p.Name, *p.Link)
			})
		}),
	}
	o.flags(cmd, true)
	return cmd
}

// with does something to the account that is named.
func (o *office) with(do func(ctx context.Context, a store.Account) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		end, err := o.open(ctx, false)
		if err != nil {
			return err
		}
		defer end()
		a, err := o.find(ctx, args[0])
		if err != nil {
			return o.named(err)
		}
		return o.named(do(ctx, a))
	}
}

// save saves a changed account, notes it and prints it.
func (o *office) save(ctx context.Context, t *terminal, a store.Account, what, said string) error {
	if err := o.kept.SaveAccount(ctx, a); err != nil {
		return err
	}
	if a.Disabled {
		if err := o.kept.DeleteLogins(ctx, a.ID, ""); err != nil {
			return err
		}
	}
	if err := o.note(ctx, what, a.ID); err != nil {
		return err
	}
	p, err := o.view(ctx, a)
	if err != nil {
		return err
	}
	return t.print(p, func(w io.Writer) { fmt.Fprintf(w, "%s %s.\n", p.Name, said) })
}

func peopleRole(t *terminal) *cobra.Command {
	var o office
	cmd := &cobra.Command{
		Use:     "role NAME ROLE",
		Short:   "Give somebody another role",
		Example: "  segue people role Mai researcher",
		Args:    cobra.ExactArgs(2),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := parseRole(args[1])
		if err != nil {
			return err
		}
		return o.with(func(ctx context.Context, a store.Account) error {
			a.Role = store.Role(r)
			return o.save(ctx, t, a, web.EventRole, "is "+article(string(r)))
		})(cmd, args)
	}
	o.flags(cmd, false)
	return cmd
}

func peopleClose(t *terminal, use string, disabled bool) *cobra.Command {
	var o office
	cmd := &cobra.Command{
		Use:     use + " NAME",
		Short:   "Open a closed account again",
		Example: "  segue people " + use + " Mai",
		Args:    cobra.ExactArgs(1),
		RunE: o.with(func(ctx context.Context, a store.Account) error {
			a.Disabled = disabled
			if disabled {
				return o.save(ctx, t, a, web.EventDisabled, "may not sign in any more, and is signed out; everything is kept")
			}
			return o.save(ctx, t, a, web.EventEnabled, "may sign in again")
		}),
	}
	if disabled {
		cmd.Short = "Close an account: nobody signs in to it, and everything is kept"
	}
	o.flags(cmd, false)
	return cmd
}

func peopleForget(t *terminal) *cobra.Command {
	var o office
	var yes bool
	cmd := &cobra.Command{
		Use:   "forget NAME --yes",
		Short: "Delete an account and everything of its listener",
		Long: `Delete an account and everything of its listener: plays, check-ins, hours, reflections,
shared cards, tokens. A server that runs forgets what it has in memory within ten minutes.
There is no way back, so --yes has to say it.`,
		Example: "  segue people forget Mai --yes",
		Args:    cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !yes {
			return usage("this deletes an account and everything of it, for good; add --yes if it shall")
		}
		return o.with(func(ctx context.Context, a store.Account) error {
			if err := o.kept.DeleteAccount(ctx, a.ID); err != nil {
				return err
			}
			if err := o.note(ctx, web.EventDeleted, a.ID); err != nil {
				return err
			}
			v := struct {
				Name      string `json:"name"`
				Forgotten bool   `json:"forgotten"`
			}{a.Name, true}
			return t.print(v, func(w io.Writer) { fmt.Fprintf(w, "Nothing of %s is left.\n", v.Name) })
		})(cmd, args)
	}
	o.flags(cmd, false)
	cmd.Flags().BoolVar(&yes, "yes", false, "delete it")
	return cmd
}

// An invitationJSON is an invitation as commands print it.
type invitationJSON struct {
	Role    string     `json:"role"`
	Note    string     `json:"note"`
	Expires time.Time  `json:"expires"`
	Used    *time.Time `json:"used"` // null if it was not
	Link    *string    `json:"link"` // null but when it is made
}

func peopleInvite(t *terminal) *cobra.Command {
	var o office
	var role, note string
	cmd := &cobra.Command{
		Use:     "invite",
		Short:   "Print a link that makes one account, within a week",
		Example: "  segue people invite --note choir --public-url https://segue.example.org\n  segue people invite --role researcher --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			r, err := parseRole(role)
			if err != nil {
				return err
			}
			end, err := o.open(ctx, true)
			if err != nil {
				return err
			}
			defer end()
			path, err := web.Invite(ctx, o.kept, r, note, "", o.now, web.InvitationFor)
			if err == nil {
				err = o.note(ctx, web.EventInvited, "")
			}
			if err != nil {
				return o.named(err)
			}
			link, err := o.link(path)
			if err != nil {
				return err
			}
			i := invitationJSON{Role: string(r), Note: note, Expires: o.now.Add(web.InvitationFor).UTC().Truncate(time.Second), Link: &link}
			return t.print(i, func(w io.Writer) {
				fmt.Fprintf(w, "Whoever opens this within a week becomes %s, once:\n%s\n", article(i.Role), link)
			})
		},
	}
	o.flags(cmd, true)
	roleFlag(cmd, &role)
	cmd.Flags().StringVar(&note, "note", "", "whom it is for, for `YOU` to know")
	return cmd
}

func peopleList(t *terminal) *cobra.Command {
	var o office
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List accounts and invitations",
		Long:    `List who may sign in, their roles, and the day they last came; and the invitations. Nothing of what they hear or say is shown.`,
		Example: "  segue people list\n  segue people list --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			end, err := o.open(ctx, false)
			if err != nil {
				return err
			}
			defer end()
			v := struct {
				Accounts    []personJSON     `json:"accounts"`
				Invitations []invitationJSON `json:"invitations"`
			}{[]personJSON{}, []invitationJSON{}}
			err = web.EachAccount(ctx, o.kept, func(a store.Account) error {
				p, err := o.view(ctx, a)
				v.Accounts = append(v.Accounts, p)
				return err
			})
			if err != nil {
				return o.named(err)
			}
			all, err := o.kept.Invitations(ctx)
			if err != nil {
				return o.named(err)
			}
			for _, i := range all {
				one := invitationJSON{Role: string(i.Role), Note: i.Note, Expires: i.Expires.UTC()}
				if !i.Used.IsZero() {
					one.Used = &i.Used
				}
				v.Invitations = append(v.Invitations, one)
			}
			return t.print(v, func(w io.Writer) {
				for _, p := range v.Accounts {
					seen, state := "never came", ""
					if p.LastSeen != nil {
						seen = "last came " + *p.LastSeen
					}
					if p.Disabled {
						state = ", closed"
					}
					fmt.Fprintf(w, "%s: %s, %s%s\n", p.Name, p.Role, seen, state)
				}
				for _, i := range v.Invitations {
					state := "open until " + i.Expires.Format(time.DateOnly)
					if i.Used != nil {
						state = "used " + i.Used.UTC().Format(time.DateOnly)
					} else if !i.Expires.After(o.now) {
						state = "expired " + i.Expires.Format(time.DateOnly)
					}
					fmt.Fprintf(w, "Invitation for %s: %s\n", article(i.Role), strings.TrimSuffix(state+", "+i.Note, ", "))
				}
			})
		},
	}
	o.flags(cmd, false)
	return cmd
}

// sayFirstAdmin tells whoever starts a server without an admin how to become one. The
// link goes to a terminal alone: what is no terminal may be a log.
func (t *terminal) sayFirstAdmin(ctx context.Context, kept *store.Store, base string) error {
	if f, ok := t.err.(*os.File); !ok || !isTerminal(f) {
		found := false
		err := web.EachAccount(ctx, kept, func(a store.Account) error {
			found = found || a.Role == store.RoleAdmin && !a.Disabled
			return nil
		})
		if err == nil && !found {
			fmt.Fprintln(t.err, "There is no admin yet. Make one with 'segue people add NAME --role admin', on the same database.")
		}
		return err
	}
	path, err := web.FirstAdmin(ctx, kept, time.Now())
	if err == nil && path != "" {
		fmt.Fprintf(t.err, "There is no admin yet. Whoever opens this within an hour becomes the first:\n%s%s\n", base, path)
	}
	return err
}
