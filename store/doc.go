// Package store keeps what belongs to a person, in SQL.
package store
