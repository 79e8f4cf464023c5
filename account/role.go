package account

// A Role says what an account may do beyond its own pages.
type Role string

// The roles.
const (
	Listener   Role = "listener"
	Researcher Role = "researcher"
	Admin      Role = "admin"
)

// Roles returns all roles, that of the fewest rights first.
func Roles() []Role { return []Role{Listener, Researcher, Admin} }

// A Permission is a kind of thing that a role may do.
type Permission string

// The permissions. There is none to see another person's plays, moods, hours or
// reflections: no role has it.
const (
	OwnData       Permission = "own data"       // everything of one's own
	SeeLab        Permission = "see lab"        // the catalogue, models, trees and jobs
	RunLab        Permission = "run lab"        // start jobs, add versions of models and trees
	ChooseVersion Permission = "choose version" // which model and trees everybody's pages use
	SeeAggregates Permission = "see aggregates" // k-anonymous numbers over people who agreed to it
	ManagePeople  Permission = "manage people"  // invite, give roles, disable, delete
	SeeEvents     Permission = "see events"     // sign-ins and what admins did
)

// Permissions returns all permissions.
func Permissions() []Permission {
	return []Permission{OwnData, SeeLab, RunLab, ChooseVersion, SeeAggregates, ManagePeople, SeeEvents}
}

// May reports whether a role has a permission. An unknown role has none.
//
//	                listener  researcher  admin
//	own data           x          x         x
//	see lab                       x         x
//	run lab                       x         x
//	see aggregates                x         x
//	choose version                          x
//	manage people                           x
//	see events                              x
func (r Role) May(p Permission) bool {
	switch p {
	case OwnData:
		return r == Listener || r == Researcher || r == Admin
	case SeeLab, RunLab, SeeAggregates:
		return r == Researcher || r == Admin
	case ChooseVersion, ManagePeople, SeeEvents:
		return r == Admin
	}
	return false
}
