<?php
// Makes a site with a member of each role, and prints their application passwords as JSON.
//   php install.php FOLDER
$folder = $argv[1];
$address = parse_url(getenv('SITE_URL'));
$_SERVER['HTTP_HOST'] = $address['host'] . ':' . $address['port'];
$_SERVER['SERVER_NAME'] = $address['host'];
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REQUEST_URI'] = '/';

$database = new mysqli('localhost', 'root', '', '', 0, getenv('DB_SOCKET'));
$database->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');

define('WP_INSTALLING', true);
function wp_mail()
{
    return true; // defined first, it is the one that is used: nothing is sent
}
require "$folder/wp-load.php";
require ABSPATH . 'wp-admin/includes/upgrade.php';

$made = wp_install('Test site', 'admin', 'admin@example.org', true, '', 'admin-password');
$members = ['admin' => $made['user_id']];
foreach (['editor', 'author', 'subscriber'] as $role) {
    $members[$role] = wp_insert_user([
        'user_login' => $role,
        'user_pass' => "$role-password",
        'user_email' => "$role@example.org",
        'role' => $role,
    ]);
}

update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'UTC');
$wp_rewrite->init();
flush_rewrite_rules(false);

$passwords = [];
foreach ($members as $login => $id) {
    [$passwords[$login]] = WP_Application_Passwords::create_new_application_password(
        $id,
        ['name' => 'tests']
    );
}
echo json_encode($passwords);
