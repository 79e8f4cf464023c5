// Package client asks a Segue server by its JSON API.
//
// Most of it is generated from the server's own description, of which openapi.json
// is a copy: a function for each operation, a type for each body. New adds what a
// description does not hold: the token, patience, and asking again where that is safe.
//
//	c, err := client.New("http://127.0.0.1:8080", client.Options{})
//	moods, err := c.GetMoodsWithResponse(ctx)
//	if err == nil && moods.JSON200 == nil {
//		err = client.ProblemOf(moods.HTTPResponse, moods.Body)
//	}
package client

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-codegen.yaml openapi.json
