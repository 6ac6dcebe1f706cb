// Command ask makes one real client ask for one token: ask NAME [ENDPOINT]. What comes of it is in the emulator's
// journal.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/go-autorest/autorest/adal"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/managedidentity"
	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/environments"
)

const resource = "https://vault.azure.net"

func main() {
	clients := map[string]func() error{"azidentity": azure, "msal": msal, "autorest": autorest, "hashicorp": hashicorp}
	if err := clients[os.Args[1]](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func azure() error {
	credential, err := azidentity.NewManagedIdentityCredential(nil)
	if err != nil {
		return err
	}
	_, err = credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{resource + "/.default"}})
	return err
}

func msal() error {
	client, err := managedidentity.New(managedidentity.SystemAssigned())
	if err != nil {
		return err
	}
	_, err = client.AcquireToken(context.Background(), resource)
	return err
}

func autorest() error {
	token, err := adal.NewServicePrincipalTokenFromManagedIdentity(resource, nil)
	if err != nil {
		return err
	}
	return token.Refresh()
}

func hashicorp() error {
	ctx := context.Background()
	options := auth.ManagedIdentityAuthorizerOptions{
		Api:                           environments.AzurePublic().ResourceManager,
		CustomManagedIdentityEndpoint: os.Args[2] + "/metadata/identity/oauth2/token",
	}
	authorizer, err := auth.NewManagedIdentityAuthorizer(ctx, options)
	if err != nil {
		return err
	}
	_, err = authorizer.Token(ctx, nil)
	return err
}
